/*
 * swap DIR A B: exchanges DIR/A and DIR/B as fast as it can, until it is killed.
 *
 * A runtime that resolves a path twice finds another file the second time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

int
main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: swap DIR A B\n");
		return 2;
	}

	int dir = open(argv[1], O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0) {
		fprintf(stderr, "swap: open %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	for (;;)
		if (renameat2(dir, argv[2], dir, argv[3], RENAME_EXCHANGE) < 0) {
			fprintf(stderr, "swap: %s\n", strerror(errno));
			return 1;
		}
}
