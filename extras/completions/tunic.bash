# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion of tunic(1) for bash-completion: its options and their values, then the program's own.

# The place of the program in words[]; nothing while it has not been typed, or will not be.
_tunic_program() {
	local at
	for ((at = 1; at < cword; at++)); do
		case ${words[at]} in
		--) ((at++)) ; break ;;
		--shell | --print-config | --help | --version) return ;;
		--*=*) ;;
		--*) ((at++)) ;; # the next word is its value
		-*) [[ ! ${words[at]} =~ ^-[qv]*[pti]$ ]] || ((at++)) ;;
		*) break ;;
		esac
	done
	((at < cword)) || [[ $at -eq $cword && (${words[at]} != -* || ${words[at - 1]} == --) ]] || return
	echo "$at"
}

# Values of an option. Fails where $1 is none that takes any.
_tunic_values() {
	local list='' option=$1
	[[ ! $option =~ ^-[qv]+[pti]$ ]] || option=-${option: -1}
	case $option in
	-p | --proxy) list='127.0.0.1:9050 127.0.0.1:9150 [::1]:9050 unix:/' ;;
	-i | --isolate) list='none run program process destination' ;;
	--names) list='resolve fake' ;;
	--hosts-file | --warn-literal | --allow-inbound | --optimistic) list='yes no' ;;
	--local) list='refuse direct tunnel' ;;
	--guard) list='off auto on seal' ;;
	--setuid) list='refuse unprivileged' ;;
	--pipeline) list='auto yes no' ;;
	--log) list='quiet warn info debug' ;;
	--log-file | --config | --report) _filedir; return 0 ;;
	-t | --tag | --pool-ipv4 | --pool-ipv6 | --pool-size | --name-cache | --timeout) ;;
	*) return 1 ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$list" -- "$cur")
	__ltrim_colon_completions "$cur"
}

_tunic() {
	local cur prev words cword split at
	_init_completion -s -n : || return
	at=$(_tunic_program)
	if [[ -n $at ]]; then
		_command_offset "$at"
		return
	fi
	! _tunic_values "$prev" || return 0
	[[ $split == false ]] || return 0
	mapfile -t COMPREPLY < <(compgen -W '-p -t -i -q -v
		--proxy= --tag= --isolate= --names= --pool-ipv4= --pool-ipv6= --pool-size=
		--name-cache= --hosts-file= --warn-literal= --allow-inbound= --local= --guard= --setuid= --timeout=
		--pipeline= --optimistic= --log= --log-file= --config= --report= --shell --print-config --help --version' -- "$cur")
	[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
} && complete -F _tunic tunic
