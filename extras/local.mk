# SPDX-License-Identifier: MIT
# What makes tunic comfortable: completions where the shells look for them, a sample configuration.

bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions

dist_doc_DATA += extras/tunic.conf.sample
dist_zshcompletion_DATA = extras/completions/_tunic
nodist_bashcompletion_DATA = extras/completions/tunic
CLEANFILES += extras/completions/tunic
EXTRA_DIST += extras/README.md extras/completions/tunic.bash extras/dev

# bash-completion finds a file by the name of its command.
extras/completions/tunic: extras/completions/tunic.bash
	$(AM_V_GEN)$(MKDIR_P) extras/completions && cp $< $@
