package io.thermocline.hot;

import java.util.function.UnaryOperator;

/** A log's view: read without a lock, changed by one at a time. */
final class CurrentView {
  private volatile LogView view;

  CurrentView(LogView first) {
    view = first;
  }

  LogView get() {
    return view;
  }

  synchronized void change(UnaryOperator<LogView> change) {
    view = change.apply(view);
  }
}
