/*
 * leaderless: its first thread ends, and another one goes on until a signal ends the process.
 *
 * /proc says it is a zombie, which it is not.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void *
live_on(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

int
main(void)
{
	pthread_t thread;
	int e = pthread_create(&thread, NULL, live_on, NULL);

	if (e) {
		fprintf(stderr, "leaderless: %s\n", strerror(e));
		return 1;
	}
	pthread_exit(NULL);
}
