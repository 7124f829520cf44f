#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes configure from configure.ac, for a tree that comes from git.
set -eu
cd "$(dirname "$0")"
exec autoreconf --install --warnings=all
