/* Questions before what cannot be undone. */
#ifndef SERVIN_CONFIRM_H
#define SERVIN_CONFIRM_H

/* Asks on standard error whether to go on, and reads a line: 1 for yes, 0, or -errno with words. */
int confirm(const char *what);

#endif
