package dev.tribunal.gateway.routing;

import dev.tribunal.gateway.access.CurrentCaller.Admission;
import dev.tribunal.servicekit.http.Pace;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.server.mvc.handler.ProxyExchange;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.ServerResponse;

/** A service's answer, passed on while it arrives. */
final class ServiceResponse implements ServerResponse, ProxyExchange.Response {

    private static final Logger log = LoggerFactory.getLogger(ServiceResponse.class);

    private static final long ADMITTED_NANOS = 1_000_000_000L;

    private final String service;
    private final HttpUriRequestBase request;
    private final ClassicHttpResponse answer;
    private final Pace pace;
    private final Admission admission;
    private long admittedAt = System.nanoTime();
    private boolean over;
    private final HttpHeaders headers = new HttpHeaders();

    /**
     * @param pace of the client that takes the answer
     * @param admission of the request, which an event stream may outlive
     */
    ServiceResponse(
            String service, HttpUriRequestBase request, ClassicHttpResponse answer, Pace pace, Admission admission) {
        this.service = service;
        this.request = request;
        this.answer = answer;
        this.pace = pace;
        this.admission = admission;
    }

    @Override
    public HttpStatusCode getStatusCode() {
        return statusCode();
    }

    @Override
    public HttpHeaders getHeaders() {
        HttpHeaders received = new HttpHeaders();
        for (Header header : answer.getHeaders()) {
            received.add(header.getName(), header.getValue());
        }
        String location = received.getFirst(HttpHeaders.LOCATION);
        String service = request.getScheme() + "://" + request.getAuthority() + "/";
        if (location != null && location.startsWith(service)) {
            // The service's own address is of no use to the client.
            received.set(HttpHeaders.LOCATION, location.substring(service.length() - 1));
        }
        return received;
    }

    @Override
    public HttpStatusCode statusCode() {
        return HttpStatusCode.valueOf(answer.getCode());
    }

    /** Those that go to the client: of the received ones, what the gateway's filters leave. */
    @Override
    public HttpHeaders headers() {
        return headers;
    }

    @Override
    public MultiValueMap<String, Cookie> cookies() {
        return new LinkedMultiValueMap<>();
    }

    @Override
    public @Nullable ModelAndView writeTo(HttpServletRequest incoming, HttpServletResponse response, Context context)
            throws IOException {
        try (answer) {
            response.setStatus(answer.getCode());
            headers.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
            HttpEntity body = answer.getEntity();
            if (body != null) {
                copy(body.getContent(), response.getOutputStream());
            }
        } catch (IOException closed) {
            if (!over) {
                throw closed;
            }
        }
        return null;
    }

    private void copy(InputStream from, OutputStream to) throws IOException {
        try {
            copyAll(from, to);
        } catch (IOException brokenOff) {
            // Closing alone would first read the rest, which for an event stream may be hours away.
            request.cancel();
            throw brokenOff;
        }
    }

    private void copyAll(InputStream from, OutputStream to) throws IOException {
        boolean stream = MediaType.TEXT_EVENT_STREAM.isCompatibleWith(headers.getContentType());
        byte[] buffer = new byte[16 * 1024];
        for (int count = read(from, buffer); count >= 0; count = read(from, buffer)) {
            if (stream && !stillAdmitted()) {
                // The client's next request is told why.
                over = true;
                request.cancel();
                return;
            }
            long start = System.nanoTime();
            to.write(buffer, 0, count);
            if (stream) {
                to.flush();
            } else if (pace.tooSlow(System.nanoTime() - start, count)) {
                throw new IOException("the client takes its answer too slowly");
            }
        }
    }

    /** Asked anew before what is sent, at most once a second; a heartbeat is sent every 15 s. */
    private boolean stillAdmitted() {
        long now = System.nanoTime();
        if (now - admittedAt > ADMITTED_NANOS) {
            admittedAt = now;
            try {
                return admission.stillHolds();
            } catch (DataAccessException away) {
                log.warn("whether a stream's token still lets in is not known: {}", away.toString());
            }
        }
        return true;
    }

    private int read(InputStream from, byte[] buffer) throws IOException {
        try {
            return from.read(buffer);
        } catch (IOException brokenOff) {
            log.warn("The {} service broke off its answer: {}", service, brokenOff.toString());
            throw brokenOff;
        }
    }
}
