package io.thermocline.gateway;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import io.thermocline.gateway.wire.ErrorStatuses;
import io.thermocline.model.ErrorKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The API's page of the reference, made from the comments of the .proto files. */
final class ApiReferencePage {
  private static final String PACKAGE = "thermocline.v1";
  private static final List<String> ORDER =
      List.of("topic", "stream", "group", "tiering", "policy", "query");

  private final StringBuilder page = new StringBuilder();
  private final Map<List<Integer>, String> comments = new HashMap<>();

  private ApiReferencePage() {}

  static String of(FileDescriptorSet set) {
    ApiReferencePage page = new ApiReferencePage();
    page.introduction();
    for (String name : ORDER) {
      page.file(find(set, name + "_service.proto"));
    }
    page.heading(2, "What they share");
    page.file(find(set, "records.proto"));
    return page.page.toString();
  }

  private static FileDescriptorProto find(FileDescriptorSet set, String name) {
    return set.getFileList().stream()
        .filter(file -> file.getName().equals("thermocline/v1/" + name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No file " + name));
  }

  private void introduction() {
    page.append("# API\n\n");
    page.append("Made from the comments of `proto/src/main/proto` by `ApiReferenceTest`; do not");
    page.append(" edit. Package `").append(PACKAGE).append("`, gRPC on port 7400 by default. ");
    page.append("Health (`grpc.health.v1`) and reflection are served too, so that `grpcurl` ");
    page.append("needs no .proto files:\n\n");
    page.append("```\ngrpcurl -plaintext localhost:7400 list\n");
    page.append("grpcurl -plaintext -d '{\"topic\": \"orders\"}' localhost:7400 ");
    page.append("thermocline.v1.StreamService/Read\n```\n");
    heading(2, "Errors");
    page.append("Every error, of a call or in-band, is a `google.rpc.Status` with an ");
    page.append("`ErrorInfo` of domain `").append(ErrorStatuses.DOMAIN).append("` whose ");
    page.append("`reason` is below and whose `metadata` holds facts such as `logStart` and ");
    page.append("`end`. Wrong fields are named by a `BadRequest`, and what may succeed later ");
    page.append("carries a `RetryInfo`. A call that ended without an answer in-band has an ");
    page.append("unknown outcome, whatever its code. Except for `OUTCOME_UNKNOWN`, and for ");
    page.append("`INTERNAL`, which is a defect, an answer with an error means that nothing was ");
    page.append("written.\n\n");
    page.append("| reason | code | what to do |\n|---|---|---|\n");
    for (ErrorKind kind : ErrorKind.values()) {
      row("`" + kind + "`", "`" + ErrorStatuses.codeOf(kind) + "`", advice(kind));
    }
  }

  private static String advice(ErrorKind kind) {
    return switch (kind) {
      case INVALID -> "mend the request: it can never succeed as sent";
      case NOT_FOUND -> "create the topic, or mend the name";
      case ALREADY_EXISTS -> "take another name";
      case OUT_OF_RANGE -> "seek into the readable range, which the message names";
      case FAILED_PRECONDITION -> "change the state the message names, then call again";
      case CONFLICT -> "refresh, then decide";
      case PRIOR_BATCH_REFUSED -> "send again from the refused batch on, with the restart mark";
      case FENCED -> "stop: a newer writer took over; to go on, take a higher token or epoch first";
      case OUT_OF_SEQUENCE -> "send the missing batches first, or begin a new epoch";
      case UNSUPPORTED -> "do without: this server can't do that";
      case TRANSIENT -> "call again after a pause";
      case DEADLINE_EXCEEDED -> "call again with more time";
      case EXHAUSTED -> "make room or slow down, then call again";
      case OUTCOME_UNKNOWN -> "look before repeating: it may have been written";
      case CORRUPT -> "resume at the offset that is named; what is lost is named too";
      case LOG_FAILED -> "restart the server: the log takes no more writes until then";
      case INTERNAL -> "report it, with the id";
    };
  }

  private void file(FileDescriptorProto file) {
    comments.clear();
    for (Location location : file.getSourceCodeInfo().getLocationList()) {
      if (location.hasLeadingComments()) {
        comments.put(location.getPathList(), location.getLeadingComments());
      }
    }
    for (int i = 0; i < file.getServiceCount(); i++) {
      service(file.getService(i), List.of(FileDescriptorProto.SERVICE_FIELD_NUMBER, i));
    }
    for (int i = 0; i < file.getMessageTypeCount(); i++) {
      message(file.getMessageType(i), List.of(FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, i));
    }
    for (int i = 0; i < file.getEnumTypeCount(); i++) {
      enumeration(file.getEnumType(i), List.of(FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, i));
    }
  }

  private void service(ServiceDescriptorProto service, List<Integer> path) {
    heading(2, service.getName());
    paragraph(path);
    page.append("| call | takes | answers | |\n|---|---|---|---|\n");
    for (int i = 0; i < service.getMethodCount(); i++) {
      MethodDescriptorProto method = service.getMethod(i);
      row(
          "`" + method.getName() + "`",
          (method.getClientStreaming() ? "stream of " : "") + link(method.getInputType()),
          (method.getServerStreaming() ? "stream of " : "") + link(method.getOutputType()),
          comment(child(path, ServiceDescriptorProto.METHOD_FIELD_NUMBER, i)));
    }
  }

  private void message(DescriptorProto message, List<Integer> path) {
    heading(3, message.getName());
    paragraph(path);
    if (message.getFieldCount() == 0) {
      page.append("No fields.\n");
      return;
    }
    page.append("| field | type | |\n|---|---|---|\n");
    for (int i = 0; i < message.getFieldCount(); i++) {
      FieldDescriptorProto field = message.getField(i);
      row(
          "`" + field.getName() + "` = " + field.getNumber(),
          kind(message, field),
          comment(child(path, DescriptorProto.FIELD_FIELD_NUMBER, i)));
    }
  }

  private static String kind(DescriptorProto message, FieldDescriptorProto field) {
    String type =
        field.getTypeName().isEmpty()
            ? field.getType().name().replace("TYPE_", "").toLowerCase(java.util.Locale.ROOT)
            : link(field.getTypeName());
    if (field.getLabel() == FieldDescriptorProto.Label.LABEL_REPEATED) {
      return "repeated " + type;
    }
    if (field.getProto3Optional()) {
      return "optional " + type;
    }
    return field.hasOneofIndex()
        ? type + ", one of `" + message.getOneofDecl(field.getOneofIndex()).getName() + "`"
        : type;
  }

  private void enumeration(EnumDescriptorProto enumeration, List<Integer> path) {
    heading(3, enumeration.getName());
    paragraph(path);
    page.append("| value | |\n|---|---|\n");
    for (int i = 0; i < enumeration.getValueCount(); i++) {
      EnumValueDescriptorProto value = enumeration.getValue(i);
      row(
          "`" + value.getName() + "` = " + value.getNumber(),
          comment(child(path, EnumDescriptorProto.VALUE_FIELD_NUMBER, i)));
    }
  }

  private void heading(int level, String title) {
    page.append('\n').append("#".repeat(level)).append(' ').append(title).append("\n\n");
  }

  private void paragraph(List<Integer> path) {
    String text = comment(path);
    if (!text.isEmpty()) {
      page.append(text).append("\n\n");
    }
  }

  private void row(String... cells) {
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private String comment(List<Integer> path) {
    return comments
        .getOrDefault(path, "")
        .strip()
        .replaceAll("\\s*\\n\\s*", " ")
        .replace("|", "\\|");
  }

  private static List<Integer> child(List<Integer> path, int field, int index) {
    List<Integer> child = new ArrayList<>(path);
    child.add(field);
    child.add(index);
    return child;
  }

  /** A type's name; a link where it is one of ours. */
  private static String link(String type) {
    String name = type.substring(1);
    if (!name.startsWith(PACKAGE + ".")) {
      return "`" + name + "`";
    }
    String simple = name.substring(PACKAGE.length() + 1);
    return "[" + simple + "](#" + simple.toLowerCase(java.util.Locale.ROOT) + ")";
  }
}
