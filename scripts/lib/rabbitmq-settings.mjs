// What the private RabbitMQ is told at each start.

export const BROKER_USER = 'lupa';

export const configuration = (ports, secrets, logs) => `# written at each start
listeners.tcp.1 = 127.0.0.1:${ports.amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = ${ports.management}
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = ${ports.prometheus}
default_user = ${BROKER_USER}
default_pass = ${secrets.brokerPassword}
default_user_tags.administrator = true
disk_free_limit.absolute = 200MB
log.console = false
log.dir = ${logs}
log.file = rabbitmq.log
log.file.level = warning
log.file.rotation.size = 5000000
log.file.rotation.count = 2
`;
