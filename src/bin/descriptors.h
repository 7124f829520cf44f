/* SPDX-License-Identifier: MIT */
/* The descriptors that the program is going to inherit. */
#ifndef TUNIC_BIN_DESCRIPTORS_H
#define TUNIC_BIN_DESCRIPTORS_H

#include "core/options.h"

/*
 * Judges every open descriptor as the library judges those that come in messages (policy_held). One
 * that the program may not hold is closed, and once per kind a line says so; where it is standard
 * input, output or error, tunic ends (125), since a free number there would be taken by the next
 * file that the program opens. Where standard error itself leads past Tor, nothing is said into it.
 */
void descriptors_vet(const struct settings *settings);

#endif
