# A silo of the packages flavour. Small, and not as root: its client port is 2181, health and metrics are on 127.0.0.1:8080.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Silo -c Release -p:OrleansRuntime=packages -p:UseAppHost=false -o /silo

FROM mcr.microsoft.com/dotnet/aspnet:10.0-alpine
RUN mkdir /data && chown "$APP_UID" /data
COPY --from=build /silo /silo
USER $APP_UID
WORKDIR /data
# The log and the checkpoint of a silo without a database; name a volume (-v NAME:/data) to keep them with another container.
VOLUME /data
ENV COORDINATION_CLIENT_ADDRESS=0.0.0.0 COORDINATION_DATA_DIR=/data
EXPOSE 2181
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/healthz/ready"]
ENTRYPOINT ["dotnet", "/silo/Coordination.Silo.dll"]
