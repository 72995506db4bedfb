# A whole Slurm on one machine, to be sourced: munged, slurmctld and a slurmd a node, all below one
# folder with a key and ports of their own. Nothing of the system's Slurm is touched. Root only.
#
#   slurm_up COUNT      node0, node1 ...      slurm_down      slurm_kill NODE: its power is lost

slurm_missing() { # the first thing that is needed and not here
    local tool
    [ "$(id -u)" = 0 ] || { echo "root"; return; }
    for tool in munged slurmctld slurmd srun sbatch scontrol unshare setpriv; do
        command -v "$tool" > /dev/null || [ -x "/usr/sbin/$tool" ] || { echo "$tool (slurm-wlm)"; return; }
    done
    id munge > /dev/null 2>&1 || { echo "the user munge"; return; }
    unshare --mount true 2> /dev/null || echo "leave to make mount namespaces"
}

slurm_settings() { # COUNT
    local host node ports=$((20000 + $$ % 20000))
    host=$(hostname -s)
    printf '%s\n' 'ClusterName=night' "SlurmctldHost=$host(127.0.0.1)" 'AuthType=auth/munge' \
        "AuthInfo=socket=$slurm_folder/munge/socket" 'CryptoType=crypto/munge' 'SlurmUser=root' \
        'SlurmdUser=root' "SlurmctldPort=$ports" "StateSaveLocation=$slurm_folder/state" \
        "SlurmdSpoolDir=$slurm_folder/spool.%n" "SlurmctldPidFile=$slurm_folder/slurmctld.pid" \
        "SlurmdPidFile=$slurm_folder/slurmd.%n.pid" "SlurmctldLogFile=$slurm_folder/slurmctld.log" \
        "SlurmdLogFile=$slurm_folder/slurmd.%n.log" 'ProctrackType=proctrack/linuxproc' \
        'TaskPlugin=task/none' 'SchedulerType=sched/backfill' 'SelectType=select/cons_tres' \
        'SelectTypeParameters=CR_CPU' 'SwitchType=switch/none' 'MpiDefault=none' \
        'JobAcctGatherType=jobacct_gather/none' 'AccountingStorageType=accounting_storage/none' \
        'SlurmdTimeout=10' 'SlurmctldTimeout=10' 'InactiveLimit=0' 'KillWait=5' 'MinJobAge=300' \
        'ReturnToService=2' 'JobRequeue=1' 'SlurmdParameters=config_overrides' \
        'SchedulerParameters=sched_interval=1,bf_interval=1' > "$slurm_folder/slurm.conf"
    for ((node = 0; node < $1; node++)); do
        echo "NodeName=node$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$((ports + 10 + node)) CPUs=2 RealMemory=1000 State=UNKNOWN"
    done >> "$slurm_folder/slurm.conf"
    echo "PartitionName=night Nodes=node[0-$(($1 - 1))] Default=YES MaxTime=INFINITE State=UP" >> "$slurm_folder/slurm.conf"
    echo "PMIxCliTmpDirBase=$slurm_folder/pmix" > "$slurm_folder/mpi.conf"
}

slurm_start_munge() {
    mkdir -p "$slurm_folder/munge"
    head -c 128 /dev/urandom > "$slurm_folder/munge/key"
    chown -R munge "$slurm_folder/munge"
    chmod 755 "$slurm_folder" "$slurm_folder/munge"
    chmod 400 "$slurm_folder/munge/key"
    setpriv --reuid munge --regid munge --clear-groups munged --key-file="$slurm_folder/munge/key" \
        --socket="$slurm_folder/munge/socket" --pid-file="$slurm_folder/munge/pid" \
        --log-file="$slurm_folder/munge/log" --seed-file="$slurm_folder/munge/seed" --force 2> /dev/null
}

# In a mount namespace of its own with a folder for PMIx and a /dev/shm: those of several nodes on one
# machine would be one ("File exists").
slurm_start_node() { # NODE
    mkdir -p "$slurm_folder/spool.$1" "$slurm_folder/pmix"
    # shellcheck disable=SC2016 # the inner shell's variables
    unshare --mount --propagation private bash -c '
        mount -t tmpfs tmpfs "$2/pmix"
        mount -t tmpfs tmpfs /dev/shm
        exec slurmd -N "$1" -f "$2/slurm.conf"' bash "$1" "$slurm_folder"
}

slurm_up() { # COUNT
    local node tries=0
    slurm_folder=$(mktemp -d /var/tmp/nocturne-slurm.XXXXXX)
    export SLURM_CONF=$slurm_folder/slurm.conf PATH=$PATH:/usr/sbin:/sbin
    mkdir "$slurm_folder/state"
    slurm_settings "$1"
    slurm_start_munge
    slurmctld -f "$SLURM_CONF"
    for ((node = 0; node < $1; node++)); do
        slurm_start_node "node$node"
    done
    until [ "$(sinfo -h -t idle -o %D 2> /dev/null)" = "$1" ] || [ $((tries += 1)) -gt 300 ]; do
        sleep 0.1
    done
    [ "$(sinfo -h -t idle -o %D)" = "$1" ]
}

# Everything of a node shares its mount namespace.
slurm_kill() { # NODE
    local pid space
    space=$(readlink "/proc/$(cat "$slurm_folder/slurmd.$1.pid")/ns/mnt")
    for pid in /proc/[0-9]*; do
        [ "$(readlink "$pid/ns/mnt" 2> /dev/null)" != "$space" ] || kill -KILL "${pid#/proc/}"
    done
}

slurm_down() {
    local node pid
    [ -n "${slurm_folder:-}" ] || return 0
    scancel --state=RUNNING --user=root 2> /dev/null
    for pid in "$slurm_folder"/slurmd.*.pid; do
        node=${pid##*/slurmd.}
        [ ! -f "$pid" ] || slurm_kill "${node%.pid}" 2> /dev/null
    done
    for pid in "$slurm_folder/slurmctld.pid" "$slurm_folder/munge/pid"; do
        [ ! -f "$pid" ] || kill -KILL "$(cat "$pid")" 2> /dev/null
    done
    rm -rf "$slurm_folder"
}
