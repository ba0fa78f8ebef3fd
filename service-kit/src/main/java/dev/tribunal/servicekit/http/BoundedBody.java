package dev.tribunal.servicekit.http;

import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.springframework.util.unit.DataSize;

/** A request's body that ends in an error where it grows too large (a chunked one does not say its length) or is slow. */
final class BoundedBody extends ServletInputStream {

    private final ServletInputStream body;
    private final DataSize most;
    private final Pace pace;
    private long read;

    BoundedBody(ServletInputStream body, DataSize most, Duration grace) {
        this.body = body;
        this.most = most;
        this.pace = new Pace(grace);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        long start = System.nanoTime();
        int count;
        try {
            count = body.read(buffer, offset, length);
        } catch (SocketTimeoutException silent) {
            throw tooSlow();
        } catch (IOException brokenOff) {
            // Not to be taken for the failure of a service that the body is passed on to.
            throw new TribunalException(
                    CommonError.MALFORMED_REQUEST,
                    "The body broke off after " + read + " bytes, or its chunks are not written as HTTP has them.",
                    brokenOff);
        }
        read += Math.max(count, 0);
        if (read > most.toBytes()) {
            throw BodyLimits.tooLarge(most);
        }
        if (pace.tooSlow(System.nanoTime() - start, Math.max(count, 0))) {
            throw tooSlow();
        }
        return count;
    }

    private TribunalException tooSlow() {
        return new TribunalException(
                CommonError.REQUEST_TIMEOUT, "The body came too slowly: only " + read + " bytes of it are there.");
    }

    @Override
    public boolean isFinished() {
        return body.isFinished();
    }

    @Override
    public boolean isReady() {
        return body.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
        body.setReadListener(listener);
    }
}
