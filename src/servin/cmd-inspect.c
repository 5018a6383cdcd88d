/* inspect: of whatever has that name, and of containers alone. */
#include "servin/commands.h"
#include "servin/container-view.h"
#include "servin/images.h"
#include "servin/output.h"
#include "servin/template.h"

#include "engine/names.h"
#include "engine/volume.h"

#include "base/err.h"
#include "libocispec/document.h"

struct inspect_opts {
	const char *format, *type;
	bool size;
};

/* Something that was found: an object of a type. */
struct found {
	const struct type *type;
	void *obj;
};

static int
find_container(const struct engine *e, const struct inspect_opts *o, const char *name,
	       struct found *found)
{
	struct container_view *view = NULL;
	struct container *c = NULL;
	int r = container_find(e, name, &c);

	if (r == 0)
		r = container_view(e, c, o->size ? VIEW_WITH_SIZE : VIEW_WITHOUT_SIZE, &view);
	*found = (struct found){ &container_view_type, view };
	return r;
}

static int
find_image(const struct engine *e, const struct inspect_opts *o, const char *name,
	   struct found *found)
{
	auto_(image_done) struct image image = { 0 };
	int r = image_find(e, name, &image);

	(void)o;
	if (r == 0)
		*found = (struct found){ &image_view_type, image_view(&image) };
	return r;
}

static int
find_volume(const struct engine *e, const struct inspect_opts *o, const char *name,
	    struct found *found)
{
	struct volume *volume = NULL;
	int r = volume_find(e, name, &volume);

	(void)o;
	*found = (struct found){ &volume_type, volume };
	return r;
}

static const char *const kinds[] = { "container", "image", "volume", NULL };

/* In docker's order; what one kind does not know another may. */
static int
find(const struct engine *e, const struct inspect_opts *o, const char *name, struct found *found)
{
	static int (*const finders[])(const struct engine *, const struct inspect_opts *,
				      const char *, struct found *) = {
		find_container, find_image, find_volume,
	};

	for (size_t i = 0; i < countof(finders); i++) {
		int r = !o->type || streq(o->type, kinds[i]) ? finders[i](e, o, name, found) :
							       -ENOENT;

		if (r == 0 || (o->type && streq(o->type, kinds[i])))
			return r;
		/* A name that no volume or image can have is not there, either. */
		if (r != -ENOENT && r != -EINVAL)
			return r;
	}
	return fail_plain(ENOENT, "no such container, image or volume: %s%s", name,
			  name_guess(e, name).s);
}

static int
add_template(const char *format, const struct found *found, struct str *out)
{
	const struct template_data data = { .type = found->type, .obj = found->obj };
	int r = template_run(format, &data, out);

	str_addc(out, '\n');
	return r;
}

/* The elements of a list without its brackets. */
static void
add_json(const struct found *found, enum oci_style style, struct str *out)
{
	void *const list[] = { found->obj, NULL };
	autofree char *text = oci_encode_list(found->type, list, style | OCI_WHOLE);
	size_t n = strlen(text) - (style == OCI_INDENTED ? strlen("\n]\n") : strlen("]"));

	str_add(out, out->len ? "," : "[");
	str_addn(out, text + 1, n - 1);
}

static int
add_one(const struct engine *e, const struct inspect_opts *o, const char *name, struct str *out)
{
	struct found found = { 0 };
	int r = find(e, o, name, &found);

	if (r < 0)
		return r;
	if (o->format && !streq(o->format, "json"))
		r = add_template(o->format, &found, out);
	else
		add_json(&found, o->format ? OCI_COMPACT : OCI_INDENTED, out);
	oci_free(found.type, found.obj);
	return r;
}

/* What is there is shown, whatever else is not. */
static int
inspect(const struct engine *e, const struct inspect_opts *o, char **names, const char *verb)
{
	bool json = !o->format || streq(o->format, "json");
	autofree char *format = o->format ? template_unescape(o->format) : NULL;
	struct inspect_opts how = *o;
	autostr out = { 0 };
	int status = 0;

	how.format = format;
	for (; *names; names++)
		if (add_one(e, &how, *names, &out) < 0)
			status = print_error_of(verb);
	if (json)
		str_addf(&out, "%s%s]\n", out.len ? "" : "[", out.len && !o->format ? "\n" : "");
	int r = out.s ? print(out.s) : 0;
	return r < 0 ? r : status;
}

static int
inspect_run(const void *engine, const void *opts, char **args)
{
	return inspect(engine, opts, args, "inspect");
}

static int
container_inspect_run(const void *engine, const void *opts, char **args)
{
	struct inspect_opts o = *(const struct inspect_opts *)opts;

	o.type = kinds[0];
	return inspect(engine, &o, args, "container inspect");
}

#define COMMON_OPTIONS \
	OPT_STRING(inspect_opts, 'f', format, "format", "TEMPLATE", \
		   "json, or a template such as {{.State.Pid}}"), \
	OPT_FLAG(inspect_opts, 's', size, "size", "also how much a container has written")

const struct command cmd_inspect = {
	.name = "inspect", .args = "CONTAINER|IMAGE|VOLUME...", .min = 1, .max = -1, .mixed = true,
	.summary = "show all that is known of containers, images and volumes",
	.size = sizeof(struct inspect_opts),
	.opts = (const struct opt[]){
		COMMON_OPTIONS,
		OPT_CHOICE(inspect_opts, 0, type, "type", "look only among these",
			   .choices = kinds),
		{ 0 } },
	.run = inspect_run,
};

const struct command cmd_container_inspect = {
	.group = "container", .name = "inspect", .args = "CONTAINER...", .min = 1, .max = -1,
	.mixed = true,
	.summary = "show all that is known of containers",
	.size = sizeof(struct inspect_opts),
	.opts = (const struct opt[]){ COMMON_OPTIONS, { 0 } },
	.run = container_inspect_run,
};
