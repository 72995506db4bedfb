# Pretend hosts on one machine, to be sourced: each has a network, a name, a $TMPDIR, a /dev/shm and
# an sshd of its own; one bridge, which lives in a namespace too, joins them. The machine's own network
# is left alone. Root only.
#
#   farm_up COUNT        node0, node1 ...      farm_down
#   farm_on HOST COMMAND...                    $farm_ssh: the command that reaches them
#   farm_cut HOST, farm_heal HOST              the cable: nothing of it reaches the others
#   farm_crash HOST      every process dies, the others are told; farm_boot HOST brings it back
#   farm_power HOST      both: dead and silent
#
# $farm_folder: where its keys and files lie; all hosts see it and everything else but $TMPDIR.

farm_missing() { # the first thing that pretend hosts need and that is not here
    local tool
    [ "$(id -u)" = 0 ] || { echo "root"; return; }
    for tool in ip unshare nsenter ssh ssh-keygen setsid mpirun; do
        command -v "$tool" > /dev/null || { echo "$tool"; return; }
    done
    [ -x /usr/sbin/sshd ] || { echo "sshd (openssh-server)"; return; }
    ip netns add "nocturne-$$-try" 2> /dev/null || { echo "leave to make network namespaces"; return; }
    ip netns del "nocturne-$$-try"
}

farm_space() { echo "nocturne-$$-$1"; } # name of a namespace

farm_boot() { # HOST
    local host=$1 space
    space=$(farm_space "$host")
    rm -f "$farm_folder/$host.pid" "$farm_folder/$host.sshd.pid"
    # a process that stays holds the host's name and mounts; setsid, ip and unshare exec in place
    # shellcheck disable=SC2016 # the inner shell's variables
    setsid ip netns exec "$space" unshare --uts --mount bash -c '
        hostname "$1"
        mount --make-rprivate /
        mount -t tmpfs tmpfs "$2/tmp"
        mount -t tmpfs tmpfs /dev/shm
        mount -t tmpfs tmpfs /run
        mkdir /run/sshd
        mount --bind "$2/hosts" /etc/hosts
        echo $$ > "$2/$1.pid"
        /usr/sbin/sshd -f "$2/$1.sshd"
        exec sleep infinity' bash "$host" "$farm_folder" < /dev/null > "$farm_folder/$host.log" 2>&1 &
    disown
}

farm_wait_for() { # FILE
    local tries=0
    until [ -s "$1" ] || [ $((tries += 1)) -gt 200 ]; do
        sleep 0.02
    done
    [ -s "$1" ]
}

farm_wire() { # HOST ADDRESS
    local space switch
    space=$(farm_space "$1")
    switch=$(farm_space switch)
    ip netns add "$space"
    ip -n "$space" link set lo up
    ip link add wire netns "$space" type veth peer name "$1" netns "$switch"
    ip -n "$switch" link set "$1" master bridge up
    ip -n "$space" addr add "$2/24" dev wire
    ip -n "$space" link set wire up
}

farm_settings() { # HOST...
    local host
    ssh-keygen -q -t ed25519 -N '' -f "$farm_folder/host_key"
    ssh-keygen -q -t ed25519 -N '' -f "$farm_folder/key"
    cp "$farm_folder/key.pub" "$farm_folder/authorized"
    chmod 600 "$farm_folder/authorized"
    printf '%s\n' 'Host *' "  IdentityFile $farm_folder/key" '  StrictHostKeyChecking no' \
        '  UserKnownHostsFile /dev/null' '  LogLevel ERROR' > "$farm_folder/ssh_config"
    for host in "$@"; do
        printf '%s\n' "HostKey $farm_folder/host_key" "AuthorizedKeysFile $farm_folder/authorized" \
            "PidFile $farm_folder/$host.sshd.pid" 'StrictModes no' 'PermitRootLogin prohibit-password' \
            'PasswordAuthentication no' 'UsePAM no' 'MaxStartups 100' "SetEnv HOME=$farm_folder/home" > "$farm_folder/$host.sshd"
    done
    farm_ssh="ssh -F $farm_folder/ssh_config"
}

farm_up() { # COUNT
    local index
    farm_hosts=()
    farm_folder=$(mktemp -d /var/tmp/nocturne-farm.XXXXXX)
    export TMPDIR=$farm_folder/tmp
    mkdir "$TMPDIR" "$farm_folder/home" # no start-up file of a shell, which a crash could break off
    echo '127.0.0.1 localhost' > "$farm_folder/hosts"
    for ((index = 0; index < $1; index++)); do
        farm_hosts+=("node$index")
        echo "10.77.0.$((index + 1)) node$index" >> "$farm_folder/hosts"
    done
    farm_settings "${farm_hosts[@]}"
    ip netns add "$(farm_space switch)"
    ip -n "$(farm_space switch)" link add bridge type bridge
    ip -n "$(farm_space switch)" link set bridge up
    for ((index = 0; index < $1; index++)); do
        farm_wire "node$index" "10.77.0.$((index + 1))"
        farm_boot "node$index"
    done
    for host in "${farm_hosts[@]}"; do
        farm_wait_for "$farm_folder/$host.sshd.pid" || { echo "no sshd on $host" >&2; return 1; }
    done
}

farm_on() { # HOST COMMAND...
    local host=$1
    shift
    nsenter -t "$(cat "$farm_folder/$host.pid")" --net --uts --mount --wdns="$PWD" -- "$@"
}

farm_processes() { ip netns pids "$(farm_space "$1")" 2> /dev/null; } # HOST

farm_programs() { # HOST: pid and program of each
    local pid
    for pid in $(farm_processes "$1"); do
        echo "$pid $(readlink "/proc/$pid/exe" 2> /dev/null)"
    done
}

farm_cut() { ip -n "$(farm_space switch)" link set "$1" down; }
farm_heal() { ip -n "$(farm_space switch)" link set "$1" up; }
farm_crash() {
    local pids
    pids=$(farm_processes "$1")
    [ -z "$pids" ] || kill -KILL $pids 2> /dev/null
}
farm_power() {
    farm_cut "$1"
    farm_crash "$1"
}

farm_down() {
    local host
    for host in "${farm_hosts[@]}"; do
        farm_crash "$host"
        ip netns del "$(farm_space "$host")" 2> /dev/null
    done
    ip netns del "$(farm_space switch)" 2> /dev/null
    rm -rf "$farm_folder"
}
