#!/usr/bin/env bash
# The .NET client beside ZooKeeper's, against the silo, and through the grains of one in its own process, in one run:
#   dotnet build -c Release && bench/Client/compare.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-5} port=24181
jars=$(printf '/usr/share/java/%s.jar:' zookeeper zookeeper-jute slf4j-api slf4j-nop netty-handler netty-transport netty-common netty-buffer netty-codec netty-resolver)
data=$(mktemp -d)
dotnet src/Silo/bin/Release/net10.0/Coordination.Silo.dll --client-port $port --http-port 0 --data-dir "$data" >"$data.log" 2>&1 &
silo=$!
trap 'kill -9 $silo; rm -rf "$data" "$data.log"' EXIT
until (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null; do sleep 0.1; done
for load in "get 50" "set 50" "get 1"; do
  java -cp "$jars" bench/Client/Load.java 127.0.0.1:$port $load "$seconds"
  dotnet bench/Client/bin/Release/net10.0/Coordination.Client.Benchmark.dll 127.0.0.1:$port $load "$seconds"
  dotnet bench/Client/bin/Release/net10.0/Coordination.Client.Benchmark.dll grains $load "$seconds"
done
dotnet bench/Client/bin/Release/net10.0/Coordination.Client.Benchmark.dll 127.0.0.1:$port lock 1 "$seconds"
