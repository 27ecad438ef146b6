/* System calls that move bytes. The linker wraps them in every C test. */
#ifndef SECSOCK_SPEC_CALLS_H
#define SECSOCK_SPEC_CALLS_H

struct calls {
    unsigned send, recv, poll;
};

/* How many there were in this process. */
struct calls calls_made(void);

#endif
