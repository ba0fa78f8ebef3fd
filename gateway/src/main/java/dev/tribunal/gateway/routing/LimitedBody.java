package dev.tribunal.gateway.routing;

import dev.tribunal.contracts.http.CommonError;
import dev.tribunal.contracts.http.TribunalException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.springframework.util.unit.DataSize;

/** A request body that ends in an error where it grows beyond its limit: a chunked one does not say its length. */
final class LimitedBody extends FilterInputStream {

    private final long limit;
    private long read;

    /** @param limit bytes */
    LimitedBody(InputStream body, long limit) {
        super(body);
        this.limit = limit;
    }

    static TribunalException tooLarge(long limit) {
        return new TribunalException(
                CommonError.PAYLOAD_TOO_LARGE,
                "The body is larger than " + DataSize.ofBytes(limit).toKilobytes()
                        + " KiB (tribunal.gateway.max-body). Send less at once, or name a file.");
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count;
        try {
            count = super.read(buffer, offset, length);
        } catch (IOException brokenOff) {
            // Not to be taken for the service's failure.
            throw new TribunalException(
                    CommonError.MALFORMED_REQUEST, "The body broke off after " + read + " bytes.", brokenOff);
        }
        read += Math.max(count, 0);
        if (read > limit) {
            throw tooLarge(limit);
        }
        return count;
    }
}
