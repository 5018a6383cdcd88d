/*
 * log.json: docker's json-file, a line {"log","stream","time"} for each line
 * of the container, or piece of one that is longer than 16 KiB.
 *
 * At max-size it becomes log.json.1, that log.json.2, up to max-file files.
 * What cannot be written (the disk is full) is lost: the container does not wait.
 */
#ifndef ENGINE_MONITOR_LOG_H
#define ENGINE_MONITOR_LOG_H

#include "engine/record.h"

#include "base/str.h"

#define LOG_LINE_MAX  (16u << 10)
#define LOG_MAX_SIZE  (10u << 20)
#define LOG_MAX_FILES 3

/* A stream's line that has no end yet. */
struct log_line {
	char *text;			/* LOG_LINE_MAX; NULL until there is one */
	size_t n;
};

struct log {
	int dir, fd;			/* fd -EBADF: it could not be opened */
	bool kept;			/* else nothing is */
	uint64_t size, max_size;
	unsigned max_files;
	struct log_line line[2];	/* by enum stream */
};

/* max-size and max-file of the configuration; -EINVAL with words. */
int log_limits(const struct log_config *config, uint64_t *max_size, unsigned *max_files);

/* The log of the container whose directory is dir; the fd stays the caller's. */
int log_open_at(struct log *log, int dir, const struct log_config *config);

void log_add(struct log *log, unsigned stream, const char *bytes, size_t n);

/* Lines without an end, too. */
void log_flush(struct log *log);
void log_done(struct log *log);

#endif
