/*
 * A disk that fails. The linker wraps the functions by which secsock changes files and folders in
 * every C test: such calls are counted, and one of them can fail, or be where the process ends.
 */
#ifndef SECSOCK_SPEC_DISK_H
#define SECSOCK_SPEC_DISK_H

/* From now on the n-th call fails with this errno, once; 0: none does. */
void disk_fail(unsigned long n, int error);

/* From now on the process is killed (SIGKILL) in the place of the n-th call: where that writes, after
 * half of it. */
void disk_end(unsigned long n);

/* Whether the call has failed since. */
int disk_failed(void);

#endif
