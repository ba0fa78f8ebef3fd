package dev.tribunal.gateway.routing;

import dev.tribunal.contracts.http.CommonError;
import dev.tribunal.contracts.http.ProblemWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/** What the server refuses before any filter sees it, such as a path that cannot be decoded, is a problem too. */
@Component
final class RefusedByServer implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    private final ProblemWriter problems;

    RefusedByServer(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
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
                if (status < 500) {
                    problems.write(
                            request,
                            response,
                            CommonError.MALFORMED_REQUEST,
                            "This is no request that HTTP allows; check the encoding of its path and its headers.");
                } else {
                    problems.write(request, response, CommonError.INTERNAL, "Something went wrong on our side.");
                }
                response.finishResponse();
            } catch (IOException clientHasLeft) {
                throw new UncheckedIOException(clientHasLeft);
            }
        }
    }
}
