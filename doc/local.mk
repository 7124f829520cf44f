# SPDX-License-Identifier: MIT
# The manual, in mdoc: the source is what is installed.

dist_man_MANS += doc/tunic.1 doc/tunic.conf.5 doc/libtunic.8
EXTRA_DIST += doc/README.md
