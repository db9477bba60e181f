# One image for every process of the mesh: `docker build -t heddle:0.1.0 .`

FROM node:26-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:26-slim
COPY --from=build /src/dist /usr/local/lib/heddle
RUN ln -s /usr/local/lib/heddle/heddle /usr/local/bin/heddle
# A first start leaves compiled code behind for all later ones, whose file system may be read-only.
RUN echo 'routers: [{ protocol: http, servers: [{ port: 0 }] }]' > /tmp/linker.yaml \
 && timeout --signal=TERM 3 heddle linker /tmp/linker.yaml; rm /tmp/linker.yaml; chmod -R a+rX /usr/local/lib/heddle/cache
ENV NODE_ENV=production
# By number, so that `runAsNonRoot` can be checked; nothing depends on which.
USER 65532:65532
ENTRYPOINT ["heddle"]
CMD ["--help"]
