#!/usr/bin/env bash
# Apache ZooKeeper (Debian packages zookeeper, libzookeeper-java) under the silo's command line, to try the tests on:
#
#   COORDINATION_TEST_COMMAND=$PWD/tests/Testing/zookeeper.sh dotnet test -c Release tests/Crash.Tests
#
# By hand, for COORDINATION_TEST_SERVER:   tests/Testing/zookeeper.sh --client-port 2181 --data-dir DIR
set -euo pipefail
port="" data="" tick=2000 properties=()
while [ $# -gt 0 ]; do
  case $1 in
    --client-port) port=$2 ;;
    --data-dir) data=$2 ;;
    --tick-time) tick=$2 ;;
    --sasl-users-file) properties+=("-Djava.security.auth.login.config=$2" -Dzookeeper.authProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider) ;;
    --super-digest) properties+=("-Dzookeeper.DigestAuthenticationProvider.superDigest=$2") ;;
    --super-user) properties+=("-Dzookeeper.superUser=$2") ;;
    --http-port | --four-letter-words | --max-client-connections) ;; # off, all, and any number
    *) echo "zookeeper.sh: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done
[ -n "$port" ] && [ -n "$data" ] || { echo "usage: zookeeper.sh --client-port N --data-dir DIR [--tick-time MS]" >&2; exit 2; }
mkdir -p "$data"
cat >"$data/zoo.cfg" <<CONFIG
tickTime=$tick
dataDir=$data
clientPort=$port
clientPortAddress=127.0.0.1
maxClientCnxns=0
admin.enableServer=false
4lw.commands.whitelist=*
extendedTypesEnabled=true
CONFIG
jars=/usr/share/java
classpath=$(printf "$jars/%s.jar:" zookeeper zookeeper-jute slf4j-api slf4j-simple netty-handler netty-transport netty-common netty-buffer netty-codec netty-resolver netty-transport-native-epoll netty-transport-native-unix-common snappy-java metrics-core commons-cli jackson-core jackson-databind jackson-annotations)
exec java -Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn "${properties[@]}" \
  -Dzookeeper.enforceQuota=true \
  -cp "$classpath" org.apache.zookeeper.server.ZooKeeperServerMain "$data/zoo.cfg"
