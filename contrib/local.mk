# The manual page and the completions are printed by the program itself.  Where it cannot run, as
# in a cross build, name another build of it, `make OCIRUN_FOR_DOCS=/usr/bin/ocirun`, or they are
# left out.
OCIRUN_FOR_DOCS = ./ocirun$(EXEEXT)

# What is made, by the last word of its name, and where it is installed.
ocirun_docs = contrib/ocirun.8 contrib/ocirun.bash contrib/ocirun.zsh contrib/ocirun.fish
installed_docs = \
	contrib/ocirun.8:$(mandir)/man8/ocirun.8 \
	contrib/ocirun.bash:$(datadir)/bash-completion/completions/ocirun \
	contrib/ocirun.zsh:$(datadir)/zsh/site-functions/_ocirun \
	contrib/ocirun.fish:$(datadir)/fish/vendor_completions.d/ocirun.fish

CLEANFILES += $(ocirun_docs)
EXTRA_DIST += contrib/check contrib/common.bash contrib/quickstart

all-local: $(ocirun_docs)

# An empty file means that the program cannot run here.
$(ocirun_docs): ocirun$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) contrib && file=$@ && \
	case $$file in *.8) words='help --man' ;; *) words="completion $${file##*.}" ;; esac && \
	if $(OCIRUN_FOR_DOCS) --version >/dev/null 2>&1; then \
		$(OCIRUN_FOR_DOCS) $$words >$@.tmp && mv $@.tmp $@; \
	else \
		echo "$@ is left out: $(OCIRUN_FOR_DOCS) cannot run"; : >$@; \
	fi

install-data-local: install-docs
install-docs: $(ocirun_docs)
	@for pair in $(installed_docs); do \
		from=$${pair%%:*} to=$(DESTDIR)$${pair#*:}; \
		test -s $$from || continue; \
		$(MKDIR_P) "$$(dirname "$$to")" && $(INSTALL_DATA) $$from "$$to" || exit 1; \
	done

uninstall-local: uninstall-docs
uninstall-docs:
	@for pair in $(installed_docs); do rm -f "$(DESTDIR)$${pair#*:}"; done

.PHONY: install-docs uninstall-docs
