package dev.tribunal.servicekit.outbound;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Tells a connection that was lost while it was idle from a server that fails: it had carried an exchange before, and
 * brought not one byte of an answer to this one.
 */
final class LossOnReuse extends HttpRequestExecutor {

    @Override
    public ClassicHttpResponse execute(
            ClassicHttpRequest request,
            HttpClientConnection connection,
            @Nullable HttpResponseInformationCallback informationCallback,
            HttpContext context)
            throws IOException, HttpException {
        EndpointDetails endpoint = connection.getEndpointDetails();
        boolean reused = endpoint.getResponseCount() > 0;
        long received = endpoint.getReceivedBytesCount();
        try {
            return super.execute(request, connection, informationCallback, context);
        } catch (InterruptedIOException silence) {
            throw silence; // a server that takes its time is not lost
        } catch (IOException e) {
            throw reused && endpoint.getReceivedBytesCount() == received ? new Lost(e) : e;
        }
    }

    static final class Lost extends IOException {

        private final IOException cause;

        private Lost(IOException cause) {
            super(cause);
            this.cause = cause;
        }

        /** What happened to the connection. */
        IOException cause() {
            return cause;
        }
    }
}
