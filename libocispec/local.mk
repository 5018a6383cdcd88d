noinst_LIBRARIES += libocispec/libocispec.a
libocispec_libocispec_a_SOURCES = \
	libocispec/choices.c libocispec/choices.h \
	libocispec/decode.c libocispec/decoder.h \
	libocispec/describe.c \
	libocispec/document.h \
	libocispec/encode.c \
	libocispec/features.c libocispec/features.h \
	libocispec/field.h \
	libocispec/image.c libocispec/image.h \
	libocispec/place.c \
	libocispec/remark.c \
	libocispec/spec.c libocispec/spec.h \
	libocispec/state.c libocispec/state.h \
	libocispec/text.c libocispec/text.h \
	libocispec/value.c libocispec/value.h
