/* SPDX-License-Identifier: MIT */
/* The settings of this run, from files, environment and command line. */
#ifndef TUNIC_BIN_SETTINGS_H
#define TUNIC_BIN_SETTINGS_H

#include "bin/command_line.h"
#include "core/options.h"

/* All sources, the strongest last. Ends tunic (125) at anything that is wrong in one of them. */
void settings_load(struct options *options, const struct command_line *line);

/* Prints all in the form of tunic.conf(5), each under a comment that says where it comes from. */
void settings_print(const struct options *options);

#endif
