/* SPDX-License-Identifier: MIT */
/* Reading ELF headers: only what decides whether a preloaded library will be loaded. */
#include <elf.h>
#include <endian.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include "target/elf_file.h"

enum {
	CLASS_OURS = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32,
	DATA_OURS = __BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB,
	TABLE_MAX = 65536, /* bytes of program headers; the kernel runs no more either */
	NOTES_MAX = 1024,
	GO_BUILD_ID = 4, /* type of the Go linker's note, whose owner is "Go" */
};

static bool read_at(int fd, uint64_t offset, void *buf, size_t len)
{
	return offset <= INT64_MAX && pread(fd, buf, len, (off_t)offset) == (ssize_t)len;
}

static bool loader_read(struct elf_file *out, int fd, const ElfW(Phdr) * header)
{
	size_t len = header->p_filesz;

	if (len < 2 || len > sizeof(out->loader) ||
		!read_at(fd, header->p_offset, out->loader, len))
		return false;
	return out->loader[len - 1] == '\0';
}

static size_t padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

/* Is there a Go build id among the notes? Each is a header, a name and some bytes. */
static bool notes_have_go(const char *notes, size_t len)
{
	ElfW(Nhdr) note;
	size_t at = 0;

	while (len - at >= sizeof(note) + 4) {
		memcpy(&note, notes + at, sizeof(note));
		at += sizeof(note);
		if (note.n_type == GO_BUILD_ID && note.n_namesz == 4 &&
			!memcmp(notes + at, "Go\0", 4))
			return true;
		if (note.n_namesz > len || note.n_descsz > len ||
			padded(note.n_namesz) + padded(note.n_descsz) > len - at)
			return false;
		at += padded(note.n_namesz) + padded(note.n_descsz);
	}
	return false;
}

static bool is_go(int fd, const ElfW(Phdr) * header)
{
	char notes[NOTES_MAX];
	size_t len = header->p_filesz < sizeof(notes) ? header->p_filesz : sizeof(notes);

	return read_at(fd, header->p_offset, notes, len) && notes_have_go(notes, len);
}

static bool header_take(struct elf_file *out, int fd, const ElfW(Phdr) * header)
{
	switch (header->p_type) {
	case PT_INTERP:
		/* Of several the kernel takes the first. */
		return out->loader[0] != '\0' || loader_read(out, fd, header);
	case PT_DYNAMIC:
		out->dynamic = true;
		return true;
	case PT_NOTE:
		out->go = out->go || is_go(fd, header);
		return true;
	default:
		return true;
	}
}

static bool is_program_or_library(const ElfW(Ehdr) * elf)
{
	return (elf->e_type == ET_EXEC || elf->e_type == ET_DYN) &&
	       elf->e_phentsize == sizeof(ElfW(Phdr)) && elf->e_phnum > 0 &&
	       elf->e_phnum <= TABLE_MAX / sizeof(ElfW(Phdr));
}

enum elf_result elf_file_read(struct elf_file *out, int fd)
{
	ElfW(Phdr) header;
	ElfW(Ehdr) elf;

	memset(out, 0, sizeof(*out));
	if (!read_at(fd, 0, elf.e_ident, sizeof(elf.e_ident)) ||
		memcmp(elf.e_ident, ELFMAG, SELFMAG))
		return ELF_BROKEN;
	if (elf.e_ident[EI_CLASS] != CLASS_OURS || elf.e_ident[EI_DATA] != DATA_OURS)
		return ELF_FOREIGN;
	if (!read_at(fd, 0, &elf, sizeof(elf)) || !is_program_or_library(&elf))
		return ELF_BROKEN;
	out->machine = elf.e_machine;
	for (unsigned i = 0; i < elf.e_phnum; i++)
		if (!read_at(fd, elf.e_phoff + (uint64_t)i * sizeof(header), &header,
			    sizeof(header)) ||
			!header_take(out, fd, &header))
			return ELF_BROKEN;
	return ELF_READ;
}
