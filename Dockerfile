# One image with the three programs: /auth, /users and /latchkey (migrations and
# the other commands). Which one runs is the container's command; there is no
# shell. It needs no writable file system, as long as SMTP_URL is set.
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -pgo=bench/default.pgo -ldflags='-s -w' -o /out/ ./cmd/auth ./cmd/users ./cmd/latchkey
# What is in them, as bills of materials, and the licences that have to go along.
RUN go run ./internal/supply sbom /out/sbom /out/auth /out/users /out/latchkey
RUN echo 'latchkey:x:65532:65532::/:/' >/out/passwd

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/passwd /etc/passwd
COPY --from=build /out/auth /out/users /out/latchkey /
COPY --from=build /out/sbom /sbom
# Loopback, the default, can't be reached from outside a container.
ENV AUTH_ADDR=:8080 AUTH_OPS_ADDR=:9080 USERS_ADDR=:8081 USERS_OPS_ADDR=:9081
EXPOSE 8080 8081 9080 9081
USER 65532:65532
CMD ["/latchkey", "--help"]
