package dev.tribunal.servicekit.http;

import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.ProblemWriter;
import dev.tribunal.servicekit.error.TribunalException;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/** Where the server sends what a filter or a servlet answered with a bare status. */
@Controller
final class ErrorPath implements ErrorController {

    private final ProblemWriter problems;

    ErrorPath(ProblemWriter problems) {
        this.problems = problems;
    }

    @RequestMapping("${server.error.path:/error}")
    void problem(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        int known = status instanceof Integer given ? given : 404; // not an error: a client asked for the path
        problems.write(request, response, new TribunalException(CommonError.of(known), ServerSettings.detail(known)));
    }
}
