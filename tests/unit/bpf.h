/* SPDX-License-Identifier: MIT */
/* A seccomp filter, run as the kernel would run it. */
#ifndef TUNIC_TESTS_UNIT_BPF_H
#define TUNIC_TESTS_UNIT_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* Would the kernel load it? Every instruction known, every jump inside, a return at the end. */
bool bpf_valid(const struct sock_fprog *program);

/*
 * What a valid program answers. `constant` tells whether it looked at nothing but the machine and
 * the number: the kernel finds that out at the load, and then runs no filter where the answer is
 * to allow the call (since Linux 5.11).
 */
uint32_t bpf_run(const struct sock_fprog *program, const struct seccomp_data *data, bool *constant);

#endif
