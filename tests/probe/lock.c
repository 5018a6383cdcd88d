/* lock FILE READY: locks FILE with flock(2), then makes READY, and waits to be killed. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	int fd = argc == 3 ? open(argv[1], O_RDWR | O_CREAT, 0644) : -1;

	if (fd < 0 || flock(fd, LOCK_EX) < 0) {
		perror("lock");
		return 1;
	}
	int ready = open(argv[2], O_WRONLY | O_CREAT, 0644);
	if (ready < 0 || write(ready, "\n", 1) < 0 || close(ready) < 0) {
		perror(argv[2]);
		return 1;
	}
	for (;;)
		pause();
}
