# Sourced by ./run and ./test: installs the Debian packages that are missing and builds a preset.  Not a program.
# POSTERN_PACKAGES=skip leaves the installing to you.

readonly PACKAGES_build="clang-16 libclang-rt-16-dev lld-16 ccache cmake ninja-build pkg-config libboost1.81-dev
  libboost-json1.81-dev libssl-dev libopendkim-dev libspf2-dev libspdlog-dev libfmt-dev libunbound-dev libre2-dev
  libtomlplusplus-dev libcli11-dev libcpp-httplib-dev libidn2-dev libpsl-dev zlib1g-dev libsqlite3-dev libgtest-dev libgmock-dev"
readonly PACKAGES_run="python3 swaks"
readonly PACKAGES_test="python3 swaks libnet-ssleay-perl postfix dovecot-lmtpd strace openssl patch testssl.sh msmtp nodejs node-nodemailer chromium chromium-driver
  libgnutls-dane0 libidn12 libnsl2 libdb5.3 libpcre2-8-0 libevent-2.1-7 libpam0g"
# Mail servers that cannot be installed beside Postfix: only unpacked, for the tests that send with them.  Their libraries stand above.
readonly UNPACKED_test="exim4-daemon-light opensmtpd"
readonly PACKAGES_fuzz="git patch"
readonly PACKAGES_train="llvm-16 python3"

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Installing one mail server would remove another: where there is one that is not Postfix, it stays.
has_other_mail_server() {
  dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' 2>/dev/null |
    awk '$1 == "installed" && $2 != "postfix" && / mail-transport-agent/ { found = 1 } END { exit !found }'
}

missing_packages() {  # of the words given
  local package
  for package in "$@"; do
    is_installed "$package" && continue
    if [ "$package" = postfix ] && has_other_mail_server; then
      say "another mail server is installed, so Postfix is not: the tests that need it will be skipped"
      continue
    fi
    printf '%s ' "$package"
  done
}

# need_packages build run: all packages of these lists are there afterwards, or a sentence says why not.
need_packages() {
  local list wanted="" missing
  for list in "$@"; do list="PACKAGES_$list" wanted+=" ${!list}"; done
  [ "${POSTERN_PACKAGES:-}" != skip ] || return 0
  local id="" version=""
  # shellcheck disable=SC1091
  [ ! -r /etc/os-release ] || { id=$(. /etc/os-release; echo "${ID:-}"); version=$(. /etc/os-release; echo "${VERSION_ID:-}"); }
  if [ "$id:$version" != debian:12 ] || ! command -v dpkg-query apt-get >/dev/null; then
    die "this is not Debian 12, so nothing can be installed for you. Install what these packages bring, then" \
      "call again with POSTERN_PACKAGES=skip:" $wanted
  fi
  # shellcheck disable=SC2086
  missing=$(missing_packages $wanted)
  [ -n "$missing" ] || return 0
  local root=""
  if [ "$(id -u)" != 0 ]; then
    root=sudo
    command -v sudo >/dev/null || die "packages are missing and only root can install them: apt-get install $missing"
  fi
  say "installing: $missing"
  # shellcheck disable=SC2086
  install_packages "$root" $missing
}

install_packages() (
  root=$1 log=$(mktemp) quiet_services=no
  shift
  [ -z "$root" ] || sudo -v || die "without root nothing can be installed: apt-get install $*"
  cleanup() {
    [ "$quiet_services" = no ] || $root rm -f /usr/sbin/policy-rc.d
    rm -f "$log"
  }
  trap cleanup EXIT
  trap 'exit 130' INT TERM
  # No daemon starts because a test wants its program.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' | $root tee /usr/sbin/policy-rc.d >/dev/null && quiet_services=yes
    $root chmod 755 /usr/sbin/policy-rc.d
  fi
  apt() { $root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1; }
  # --no-remove: what is on this machine stays; apt says what is in the way.
  install() { apt install -y --no-install-recommends --no-remove "$@"; }
  known() { local p; for p in "$@"; do apt-cache show "$p" >/dev/null 2>&1 || return 1; done; }
  if ! { known "$@" && install "$@"; }; then
    apt update || true
    if ! install "$@"; then
      tail -n 15 "$log" >&2
      die "apt-get could not install them (above is what it said). Without a network, install them from a mirror" \
        "or a medium, then call again: apt-get install $*"
    fi
  fi
  for service in postfix dovecot; do
    case " $* " in
      *" $service"*) ! command -v systemctl >/dev/null || $root systemctl -q disable "$service" >/dev/null 2>&1 || true ;;
    esac
  done
)

# unpack_aside PACKAGE…: their files are below build/tools/PACKAGE afterwards; nothing is installed.  Without them tests are skipped.
unpack_aside() {
  [ "${POSTERN_PACKAGES:-}" != skip ] || return 0
  local package folder
  for package in "$@"; do
    [ ! -d "build/tools/$package" ] || continue
    mkdir -p build/tools
    folder=$(mktemp -d build/tools/unpacking.XXXXXX)
    if (cd "$folder" && apt-get -qq download "$package" && dpkg-deb -x "$package"_*.deb files) >/dev/null 2>&1; then
      mv "$folder/files" "build/tools/$package"
    else
      say "$package could not be downloaded: the tests that send with it will be skipped"
    fi
    rm -rf "$folder"
  done
}

# As many compilers as there are processors, and one for each 1.5 GB of memory that is free.
jobs_for_this_machine() {
  local processors memory
  processors=$(nproc)
  memory=$(awk '$1 == "MemAvailable:" { print int($2 / 1500000) }' /proc/meminfo)
  [ "${memory:-1}" -ge 1 ] || memory=1
  echo $((processors < memory ? processors : memory))
}

# quietly WHAT COMMAND…: its output is shown only when it fails.
quietly() {
  local what=$1 log
  shift
  log=$(mktemp)
  if "$@" >"$log" 2>&1; then rm -f "$log"; return 0; fi
  grep -v '^\[[0-9/]*\] ' "$log" | tail -n 100 >&2 || true
  rm -f "$log"
  die "$what failed; what it said is above"
}

# build PRESET [TARGET…]: configures and builds under build/PRESET.  On a terminal one line shows how far it is.
build() {
  local preset=$1
  shift
  local arguments=(--build --preset "$preset" -j "$(jobs_for_this_machine)")
  [ $# = 0 ] || arguments+=(--target "$@")
  [ -e "build/$preset/build.ninja" ] || say "building in build/$preset: several minutes the first time"
  quietly configuring cmake --preset "$preset"
  if [ -t 2 ]; then cmake "${arguments[@]}" >&2 || die "building failed; what it said is above"
  else quietly building cmake "${arguments[@]}"; fi
}
