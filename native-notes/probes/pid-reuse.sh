#!/bin/sh
# A dead leader's number is not given out while its session or group has members. Goes once round pid_max (bounded).
max=$(cat /proc/sys/kernel/pid_max)
[ "$max" -gt 65536 ] && { echo "pid_max is $max: too many to go round"; exit 0; }
told=$(mktemp)
for kind in setsid env; do # with a session of its own, and without
  $kind sh -c 'sleep 300 >/dev/null & echo $!' > "$told" & leader=$!
  wait $leader
  read -r member < "$told"
  n=0; last=0; wrapped=no; reused=no
  while [ $n -lt $((2 * max)) ]; do
    : & pid=$!; wait $pid; n=$((n + 1))
    [ $pid = $leader ] && reused=yes
    [ $pid -lt $last ] && wrapped=yes
    [ $wrapped = yes ] && [ $pid -gt $((leader + 50)) ] && [ $pid -lt $((leader + 9000)) ] && break
    last=$pid
  done
  echo "$kind: leader $leader dead, member alive: $([ -d /proc/"$member" ] && echo yes || echo no); went past the number within $n forks, given out again: $reused"
  kill "$member"
done
rm -f "$told"
