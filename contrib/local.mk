# The manual pages and the completions are printed by the programs themselves.  Where these cannot
# run, as in a cross build, name other builds of them, `make OCIRUN_FOR_DOCS=/usr/bin/ocirun
# SERVIN_FOR_DOCS=/usr/bin/servin`, or they are left out.
OCIRUN_FOR_DOCS = ./ocirun$(EXEEXT)
SERVIN_FOR_DOCS = ./servin$(EXEEXT)

# What is made, by the last word of its name, and where it is installed.
ocirun_docs = contrib/ocirun.8 contrib/ocirun.bash contrib/ocirun.zsh contrib/ocirun.fish
installed_docs = \
	contrib/ocirun.8:$(mandir)/man8/ocirun.8 \
	contrib/ocirun.bash:$(datadir)/bash-completion/completions/ocirun \
	contrib/ocirun.zsh:$(datadir)/zsh/site-functions/_ocirun \
	contrib/ocirun.fish:$(datadir)/fish/vendor_completions.d/ocirun.fish
if HAVE_SERVIN
servin_docs = contrib/servin.1 contrib/servin.bash contrib/servin.zsh contrib/servin.fish
installed_docs += \
	contrib/servin.1:$(mandir)/man1/servin.1 \
	contrib/servin.bash:$(datadir)/bash-completion/completions/servin \
	contrib/servin.zsh:$(datadir)/zsh/site-functions/_servin \
	contrib/servin.fish:$(datadir)/fish/vendor_completions.d/servin.fish
endif

CLEANFILES += $(ocirun_docs) $(servin_docs)
EXTRA_DIST += contrib/check contrib/common.bash contrib/quickstart

# What engines need to know of ocirun: examples, and for podman its file where it is read, if asked
# for by --with-containers-conf.  They name the program where it is installed.
enginesdir = $(datadir)/ocirun/engines
containers_conf = contrib/engines/containers.conf.d/50-ocirun.conf
engine_files = $(containers_conf) \
	contrib/engines/buildkit/buildkitd.toml \
	contrib/engines/containerd/config-v2.toml contrib/engines/containerd/config-v3.toml \
	contrib/engines/crio/50-ocirun.conf \
	contrib/engines/docker/daemon.json contrib/engines/docker/daemon-default.json \
	contrib/engines/docker/docker.service.d/50-ocirun.conf \
	contrib/engines/kubernetes/pod.yaml contrib/engines/kubernetes/runtimeclass.yaml \
	contrib/engines/nomad/client.hcl contrib/engines/nomad/job.hcl
EXTRA_DIST += $(engine_files)

# Units of systemd, for the host and for plain users.
EXTRA_DIST += contrib/systemd/system/servin-boot.service contrib/systemd/user/servin-boot.service
if HAVE_SERVIN
installed_units = \
	{ test -z "$(systemdsystemunitdir)" || \
		echo "contrib/systemd/system/servin-boot.service $(systemdsystemunitdir)"; \
	test -z "$(systemduserunitdir)" || \
		echo "contrib/systemd/user/servin-boot.service $(systemduserunitdir)"; }
else
installed_units = :
endif

# "FILE DIR", a line each; they name our programs in /usr/local/bin
installed_templates = { \
	for file in $(engine_files); do \
		dir=$${file\#contrib/engines}; echo "$$file $(enginesdir)$${dir%/*}"; \
	done; \
	test -z "$(containers_conf_dir)" || echo "$(containers_conf) $(containers_conf_dir)"; \
	$(installed_units); }

all-local: $(ocirun_docs) $(servin_docs)

# $(make_doc) PROGRAM: an empty file means that the program cannot run here.
make_doc = make_doc() { \
	file=$@; \
	case $$file in *.[0-9]) words='help --man' ;; *) words="completion $${file\#\#*.}" ;; esac; \
	if "$$1" --version >/dev/null 2>&1; then \
		"$$1" $$words >$@.tmp && mv $@.tmp $@; \
	else \
		echo "$@ is left out: $$1 cannot run"; : >$@; \
	fi; }; $(MKDIR_P) contrib && make_doc

$(ocirun_docs): ocirun$(EXEEXT)
	$(AM_V_GEN)$(make_doc) $(OCIRUN_FOR_DOCS)

$(servin_docs): servin$(EXEEXT)
	$(AM_V_GEN)$(make_doc) $(SERVIN_FOR_DOCS)

install-data-local: install-docs
install-docs: $(ocirun_docs) $(servin_docs)
	@for pair in $(installed_docs); do \
		from=$${pair%%:*} to=$(DESTDIR)$${pair#*:}; \
		test -s $$from || continue; \
		$(MKDIR_P) "$$(dirname "$$to")" && $(INSTALL_DATA) $$from "$$to" || exit 1; \
	done

install-data-local: install-templates
install-templates:
	@$(installed_templates) | while read -r file dir; do \
		to="$(DESTDIR)$$dir/$${file##*/}"; \
		$(MKDIR_P) "$(DESTDIR)$$dir" && \
		sed 's,/usr/local/bin/\(ocirun\|servin\),$(bindir)/\1,' "$(srcdir)/$$file" >"$$to" && \
		chmod 644 "$$to" || exit 1; \
	done

uninstall-local: uninstall-docs uninstall-templates
uninstall-docs:
	@for pair in $(installed_docs); do rm -f "$(DESTDIR)$${pair#*:}"; done

uninstall-templates:
	@$(installed_templates) | while read -r file dir; do \
		rm -f "$(DESTDIR)$$dir/$${file##*/}"; \
	done
	@dir="$(DESTDIR)$(datadir)/ocirun"; test ! -d "$$dir" || find "$$dir" -depth -type d -empty -delete

.PHONY: install-docs uninstall-docs install-templates uninstall-templates
