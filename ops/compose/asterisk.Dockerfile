# The telephone exchange (ops/asterisk/README.md). Debian stable has no Asterisk; pin the snapshot you have tried.
FROM debian:sid-slim
RUN apt-get update -q && apt-get install -y -q --no-install-recommends asterisk python3-minimal \
  && rm -rf /var/lib/apt/lists/*
COPY ops/asterisk /opt/mingbai-asterisk
# The announcements are put there by the `line` container, which is another user in the same volume.
RUN install -d -o asterisk -g asterisk /var/lib/asterisk/moh /var/log/asterisk/cdr-csv /run/asterisk \
  && install -d -o asterisk -g asterisk -m 1777 /var/lib/asterisk/sounds/mingbai
# The configuration holds the ARI password: written at each start, readable by asterisk alone. What asterisk itself
# writes has the usual rights: `line` reads the list of calls.
CMD ["sh", "-c", "(umask 077 && python3 /opt/mingbai-asterisk/configure.py /etc/asterisk \
  && chown -R asterisk:asterisk /etc/asterisk) && exec asterisk -f -U asterisk -G asterisk"]
