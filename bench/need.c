#include "need.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
    exit(1);
}
