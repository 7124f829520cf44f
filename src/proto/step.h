/* SPDX-License-Identifier: MIT */
/* How far a conversation is: the outcome that every codec of this folder shows its caller. */
#ifndef TUNIC_PROTO_STEP_H
#define TUNIC_PROTO_STEP_H

/*
 * Every codec has one shape: *want* (how many bytes may be taken without taking one too many),
 * *feed*, *emit*, *outcome*. A conversation that has failed stays failed.
 */
enum step { STEP_GOING_ON, STEP_DONE, STEP_FAILED };

#endif
