/* SPDX-License-Identifier: MIT */
/*
 * A seccomp filter, run as the kernel would run it: classic BPF over struct seccomp_data, of which
 * it loads aligned words. Each jump leads forward, so every program ends. The index register and
 * the scratch memory, which nobody's filter needs, are not here: such a program is not valid.
 */
#include <stddef.h>
#include <string.h>

#include "bpf.h"

static bool jumps_inside(const struct sock_fprog *program, size_t at)
{
	const struct sock_filter *in = &program->filter[at];
	const size_t left = program->len - at - 1u;

	if (BPF_OP(in->code) == BPF_JA)
		return in->k < left;
	return in->jt < left && in->jf < left;
}

static bool instruction_valid(const struct sock_fprog *program, size_t at)
{
	const struct sock_filter *in = &program->filter[at];

	switch (in->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return in->k % sizeof(uint32_t) == 0 && in->k < sizeof(struct seccomp_data);
	case BPF_ALU | BPF_AND | BPF_K:
	case BPF_RET | BPF_K:
		return true;
	case BPF_JMP | BPF_JA:
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_K:
		return jumps_inside(program, at);
	default:
		return false;
	}
}

bool bpf_valid(const struct sock_fprog *program)
{
	for (size_t i = 0; i < program->len; i++) {
		if (!instruction_valid(program, i))
			return false;
	}
	return program->len > 0 && program->len <= BPF_MAXINSNS &&
	       BPF_CLASS(program->filter[program->len - 1].code) == BPF_RET;
}

/* How many instructions to pass over. */
static size_t jump(const struct sock_filter *in, uint32_t a)
{
	switch (BPF_OP(in->code)) {
	case BPF_JEQ:
		return a == in->k ? in->jt : in->jf;
	case BPF_JGT:
		return a > in->k ? in->jt : in->jf;
	case BPF_JGE:
		return a >= in->k ? in->jt : in->jf;
	case BPF_JSET:
		return a & in->k ? in->jt : in->jf;
	default:
		return in->k;
	}
}

uint32_t bpf_run(const struct sock_fprog *program, const struct seccomp_data *data, bool *constant)
{
	uint32_t words[sizeof(*data) / sizeof(uint32_t)], a = 0;

	memcpy(words, data, sizeof(words));
	*constant = true;
	for (const struct sock_filter *in = program->filter;; in++) {
		switch (BPF_CLASS(in->code)) {
		case BPF_LD:
			*constant &= in->k == offsetof(struct seccomp_data, nr) ||
				     in->k == offsetof(struct seccomp_data, arch);
			a = words[in->k / sizeof(*words)];
			break;
		case BPF_ALU:
			a &= in->k;
			break;
		case BPF_JMP:
			in += jump(in, a);
			break;
		default:
			return in->k;
		}
	}
}
