package dev.tribunal.local.platform;

import dev.tribunal.gateway.GatewayApplication;
import dev.tribunal.reward.RewardServiceApplication;

/** The services, each the same Spring Boot application that is deployed alone elsewhere. */
enum Service {
    JUDGE("judge-service", "dev.tribunal.judge.JudgeServiceApplication"),
    REWARD("reward-service", RewardServiceApplication.class.getName()),
    TRAINER("trainer-service", "dev.tribunal.trainer.TrainerServiceApplication"),
    GATEWAY("gateway", GatewayApplication.class.getName());

    /** Also the name of its settings file on the class path. */
    final String title;

    final String application;

    Service(String title, String application) {
        this.title = title;
        this.application = application;
    }
}
