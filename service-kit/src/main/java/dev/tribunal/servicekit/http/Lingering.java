package dev.tribunal.servicekit.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * Reads on, for a while, what a client still sends after its answer is complete. Closing at once would reset the
 * connection, and most clients would then see a broken pipe in place of the answer. A valve, for a filter's body is
 * closed together with its answer.
 */
final class Lingering extends ValveBase {

    private static final long MOST_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long MOST_BYTES = 256L << 20;

    Lingering() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        getNext().invoke(request, response);
        if (response.getStatus() < 400 || !RequestGuard.hasBody(request) || request.isAsync()) {
            return;
        }
        org.apache.coyote.Request body = request.getCoyoteRequest();
        // Who waits for 100-continue has sent nothing.
        if (body.hasExpectation() && body.getBytesRead() == 0) {
            return;
        }
        response.finishResponse();
        discard(body);
    }

    private static void discard(org.apache.coyote.Request body) {
        long start = System.nanoTime();
        Discarded buffer = new Discarded();
        try {
            for (long left = MOST_BYTES; left > 0 && System.nanoTime() - start < MOST_NANOS; ) {
                int count = body.doRead(buffer);
                if (count < 0) {
                    return;
                }
                left -= count;
            }
        } catch (IOException gone) {
            // The client has its answer, or has left.
        }
    }

    private static final class Discarded implements ApplicationBufferHandler {

        private @Nullable ByteBuffer buffer;

        @Override
        public void setByteBuffer(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public @Nullable ByteBuffer getByteBuffer() {
            return buffer;
        }

        @Override
        public void expand(int size) {}
    }
}
