package dev.tribunal.servicekit.http;

import java.io.IOException;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1, but the headers of a request have to be complete within the connection timeout. Tomcat's own limit
 * begins anew with every byte, so that a client could hold its connection for hours. Tomcat makes it by its name.
 */
public final class HeaderDeadline extends Http11NioProtocol {

    @Override
    protected Processor createProcessor() {
        return new DeadlineProcessor(this);
    }

    private static final class DeadlineProcessor extends Http11Processor {

        private final long most;
        /** Of which the headers have begun and are not complete; processors are used again for other connections. */
        private @Nullable SocketWrapperBase<?> begun;

        private long since;

        private DeadlineProcessor(HeaderDeadline protocol) {
            super(protocol, protocol.getAdapter());
            this.most = protocol.getConnectionTimeout() * 1_000_000L;
        }

        @Override
        public SocketState service(SocketWrapperBase<?> connection) throws IOException {
            if (connection.equals(begun) && System.nanoTime() - since > most) {
                begun = null;
                return SocketState.CLOSED;
            }
            SocketState state = super.service(connection);
            if (state != SocketState.LONG || isAsync()) {
                begun = null;
            } else if (!connection.equals(begun)) {
                begun = connection;
                since = System.nanoTime();
            }
            return state;
        }
    }
}
