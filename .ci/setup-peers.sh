#!/bin/sh
# Installs the Debian packages that some tests use as peers (real SNMP tools and agents, real fence
# agents, the OpenSSH client, IPMI clients and two BMCs), and those that the benchmarks measure beside
# ours: Corosync with its library and a C compiler, Pacemaker's simulator.
# Needs root; `npm run setup:peers` calls it, and so does .ci/run on a new machine.
set -eu
missing=""
command -v snmpset >/dev/null 2>&1 || missing="$missing snmp"
[ -x /usr/sbin/snmpd ] || missing="$missing snmpd"
[ -x /usr/sbin/fence_apc_snmp ] || missing="$missing fence-agents"
[ -x /usr/sbin/corosync ] || missing="$missing corosync"
[ -e /usr/include/corosync/cpg.h ] || missing="$missing libcpg-dev"
command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
command -v ip >/dev/null 2>&1 || missing="$missing iproute2"
command -v ssh >/dev/null 2>&1 || missing="$missing openssh-client"
[ -x /usr/bin/ipmi_sim ] || missing="$missing openipmi"
[ -x /usr/bin/ipmitool ] || missing="$missing ipmitool"
[ -x /usr/sbin/ipmipower ] || missing="$missing freeipmi-tools"
[ -d /usr/lib/python3/dist-packages/pyghmi ] || missing="$missing python3-pyghmi"
command -v crm_simulate >/dev/null 2>&1 || missing="$missing pacemaker-cli-utils"
[ -x /usr/bin/time ] || missing="$missing time"
if [ -z "$missing" ]; then
  echo "peers are installed"
  exit 0
fi
if [ "$(id -u)" != 0 ]; then
  echo "these Debian packages are missing:$missing; run as root: apt-get install -y$missing" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# shellcheck disable=SC2086
apt-get install -q -y --no-install-recommends $missing
