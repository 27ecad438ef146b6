# vsftpd: FTP for those who give no name: the user "ftp" with any password, in TLS alone.
# shellcheck shell=sh disable=SC2034,SC2154
protocols=ftp
user=root

configure() {
    mkdir -m 555 empty
    cat >vsftpd.conf <<END
listen=YES
listen_address=127.0.0.1
listen_port=$ftp_port
background=NO
anonymous_enable=YES
anon_root=$PWD/empty
secure_chroot_dir=$PWD/empty
ssl_enable=YES
rsa_cert_file=$PWD/tls.pem
rsa_private_key_file=$PWD/tls.key
allow_anon_ssl=YES
force_anon_logins_ssl=YES
seccomp_sandbox=NO
END
}

run() {
    exec setsid vsftpd "$PWD/vsftpd.conf"
}
