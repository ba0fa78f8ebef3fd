package dev.tribunal.servicekit.http;

import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.ProblemWriter;
import dev.tribunal.servicekit.error.TribunalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.ContinueResponseTiming;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * The server under every service: it cuts clients off that neither send nor read, and what it refuses before any filter
 * sees it, such as a path that cannot be decoded, is a problem too.
 */
final class ServerSettings implements WebServerFactoryCustomizer<TomcatWebServerFactory> {

    private final Duration idle;
    private final Duration keepAlive;
    private final ProblemWriter problems;

    /**
     * @param idle the longest silence of a client that is to send or to read; also how long its headers may take
     * @param keepAlive how long a connection is kept for a next request
     */
    ServerSettings(Duration idle, Duration keepAlive, ProblemWriter problems) {
        this.idle = idle;
        this.keepAlive = keepAlive;
        this.problems = problems;
    }

    @Override
    public void customize(TomcatWebServerFactory factory) {
        factory.setProtocol(HeaderDeadline.class.getName());
        factory.addConnectorCustomizers(connector -> {
            if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
                protocol.setConnectionTimeout((int) idle.toMillis());
                protocol.setKeepAliveTimeout((int) keepAlive.toMillis());
            }
            if (connector.getProtocolHandler() instanceof HeaderDeadline http) {
                // A body that is refused is not asked for.
                http.setContinueResponseTiming(ContinueResponseTiming.ON_REQUEST_BODY_READ.toString());
            }
        });
        factory.addEngineValves(new Lingering());
        factory.addContextCustomizers(
                context -> context.getParent().getPipeline().addValve(new ProblemValve(problems)));
    }

    private static final class ProblemValve extends ErrorReportValve {

        private final ProblemWriter problems;

        private ProblemValve(ProblemWriter problems) {
            this.problems = problems;
        }

        @Override
        protected void report(Request request, Response response, @Nullable Throwable failure) {
            int status = response.getStatus();
            if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            try {
                problems.write(request, response, new TribunalException(CommonError.of(status), detail(status)));
                response.finishResponse();
            } catch (IOException clientHasLeft) {
                throw new UncheckedIOException(clientHasLeft);
            }
        }
    }

    static String detail(int status) {
        return switch (status) {
            case 404 -> "There is nothing here.";
            case 405 -> "Nothing here has this method.";
            case 501 -> "No operation here has this method, or this Transfer-Encoding.";
            case 408 -> "The request came too slowly.";
            case 414, 431 -> "The path, the query or the headers are too long.";
            case 505 -> "Send HTTP/1.1.";
            default ->
                status < 500
                        ? "HTTP does not allow this request; check the encoding of its path, its query and its"
                                + " headers, and their length."
                        : "Something went wrong on our side.";
        };
    }
}
