/* SPDX-License-Identifier: MIT */
/* How far a mistyped word is from one that we know, for "did you mean …?". */
#ifndef TUNIC_CORE_NEAR_H
#define TUNIC_CORE_NEAR_H

enum { NEAR_NOT = 1000 };

/*
 * How many letters have to be put in, taken out or changed to make `known` of `typed`. NEAR_NOT:
 * more than two, or so many that little of a short word is left.
 */
unsigned near_distance(const char *typed, const char *known);

#endif
