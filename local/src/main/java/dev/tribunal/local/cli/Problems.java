package dev.tribunal.local.cli;

import dev.tribunal.contracts.files.JsonLines.InvalidLinesException;
import dev.tribunal.contracts.http.FieldError;
import dev.tribunal.contracts.http.TribunalException;
import dev.tribunal.local.platform.PlatformException;
import java.io.IOException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClientException;

/** Turns what went wrong into lines for people: what, then each mistake with its place. Never a stack trace. */
final class Problems {

    private Problems() {}

    static String render(Throwable problem) {
        return switch (problem) {
            case TribunalException refused -> refused(refused);
            case CommandException command -> "error: " + command.getMessage();
            case InvalidLinesException lines -> "error: " + lines.getMessage();
            case PlatformException platform -> "error: " + platform.getMessage();
            case ResourceAccessException unreachable -> "error: the platform does not answer: "
                    + message(unreachable.getMostSpecificCause())
                    + "\nIs it still running? Start one with: ./tribunal up";
            case RestClientException strange -> "error: the platform's answer cannot be understood: "
                    + message(strange.getMostSpecificCause());
            case IOException io -> "error: " + io;
            default -> "error: " + problem.getClass().getSimpleName() + ": " + message(problem)
                    + "\nThis is a defect of the command line; run it again with TRIBUNAL_DEBUG=1 to see where.";
        };
    }

    private static String refused(TribunalException refused) {
        StringBuilder text = new StringBuilder("error: ")
                .append(refused.getMessage())
                .append(" (")
                .append(refused.code().status().value())
                .append(' ')
                .append(refused.code().code())
                .append(')');
        int width = refused.errors().stream()
                .mapToInt(error -> pointer(error).length())
                .max()
                .orElse(0);
        for (FieldError error : refused.errors()) {
            text.append("\n  ")
                    .append(String.format("%-" + Math.min(width, 40) + "s", pointer(error)))
                    .append("  ")
                    .append(error.detail().replace("\n", "\n    "));
        }
        return text.toString();
    }

    private static String pointer(FieldError error) {
        return error.pointer().isEmpty() ? "(the whole)" : error.pointer();
    }

    private static String message(Throwable problem) {
        String message = problem.getMessage();
        return message == null
                ? problem.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
