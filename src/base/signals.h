/* The names of signals. */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

/*
 * The number of a signal given as number, NAME or SIGNAME in letters of any
 * case; RTMIN+n and RTMAX-n too.  0 is none, and only asks whether one could
 * be sent.  -EINVAL with words for anything else.
 */
int signal_number(const char *word);

#endif
