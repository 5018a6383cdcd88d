#include "unit.h"

#include "base/signals.h"

#include <signal.h>

TEST(names)
{
	same(signal_number("TERM"), SIGTERM);
	same(signal_number("SIGTERM"), SIGTERM);
	same(signal_number("sigkill"), SIGKILL);
	same(signal_number("cont"), SIGCONT);
	same(signal_number("Io"), SIGIO);
}

TEST(numbers)
{
	same(signal_number("0"), 0);
	same(signal_number("9"), 9);
	same(signal_number("64"), 64);
	fails(signal_number("65"), "unknown signal \"65\"");
	fails(signal_number("-9"), "unknown signal \"-9\"");
}

TEST(real_time)
{
	same(signal_number("RTMIN"), SIGRTMIN);
	same(signal_number("SIGRTMIN+3"), SIGRTMIN + 3);
	same(signal_number("rtmax-1"), SIGRTMAX - 1);
	fails(signal_number("RTMIN+99"), "unknown signal \"RTMIN+99\"");
	fails(signal_number("RTMIN-1"), "unknown signal \"RTMIN-1\"");
	fails(signal_number("RTMIN+"), "unknown signal \"RTMIN+\"");
}

TEST(unknown)
{
	fails(signal_number("FOO"), "unknown signal \"FOO\"");
	fails(signal_number(""), "unknown signal \"\"");
	fails(signal_number("SIG"), "unknown signal \"SIG\"");
	fails(signal_number("SIGSIGTERM"), "unknown signal \"SIGSIGTERM\"");
}

TESTS(T(names), T(numbers), T(real_time), T(unknown))
