/* SPDX-License-Identifier: MIT */
/* What an ELF file says about who can run it and how. */
#ifndef TUNIC_TARGET_ELF_FILE_H
#define TUNIC_TARGET_ELF_FILE_H

#include <stdbool.h>
#include <stdint.h>

enum { ELF_LOADER_BUF = 512 };

struct elf_file {
	uint16_t machine;            /* EM_... */
	bool dynamic;                /* has a dynamic section: a loader can give it libraries */
	bool go;                     /* carries the note of the Go linker */
	char loader[ELF_LOADER_BUF]; /* the dynamic loader it asks for (PT_INTERP), "" where none */
};

enum elf_result {
	ELF_READ,
	ELF_FOREIGN, /* word size or byte order are not ours; nothing is filled in */
	ELF_BROKEN,  /* not ELF, cut short, or contradicts itself */
};

/* Looks at the file behind `fd`, whose position stays. The file is taken as hostile. See elf(5). */
enum elf_result elf_file_read(struct elf_file *out, int fd);

#endif
