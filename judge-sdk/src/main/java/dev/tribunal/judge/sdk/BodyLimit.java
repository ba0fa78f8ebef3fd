package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.http.CommonError;
import dev.tribunal.contracts.http.TribunalException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/** Reads no more of a body than its limit; a chunked one does not say its length. */
final class BodyLimit extends OncePerRequestFilter {

    private final DataSize most;

    BodyLimit(DataSize most) {
        this.most = most;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(
                new HttpServletRequestWrapper(request) {
                    @Override
                    public ServletInputStream getInputStream() throws IOException {
                        if (getContentLengthLong() > most.toBytes()) {
                            throw tooLarge();
                        }
                        return new Limited(super.getInputStream());
                    }
                },
                response);
    }

    private TribunalException tooLarge() {
        return new TribunalException(
                CommonError.PAYLOAD_TOO_LARGE,
                "The body is larger than " + most.toKilobytes()
                        + " KiB (tribunal.judge.max-body). Send fewer items at once.");
    }

    private final class Limited extends ServletInputStream {

        private final ServletInputStream body;
        private long read;

        private Limited(ServletInputStream body) {
            this.body = body;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = body.read(buffer, offset, length);
            read += Math.max(count, 0);
            if (read > most.toBytes()) {
                throw tooLarge();
            }
            return count;
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
}
