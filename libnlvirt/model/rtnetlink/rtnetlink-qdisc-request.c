/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One queueing discipline or class: what is asked of it, and why it is neither
 * made nor deleted, in the words of net/sched/sch_api.c as far as they go. */
#include "model/rtnetlink/rtnetlink-traffic.h"

#include <errno.h>
#include <string.h>

void
nlv_put_warning (const NlvRequest *request, NlvWriter *writer)
{
  if (request->extack->message != NULL)
    nlv_put_string (writer, NLV_TCA_EXT_WARN_MSG, request->extack->message);
}

/* rtnetlink_send(): for all who listen, and to who asks only when told so. */
static int
finish_notification (const NlvRequest *request, NlvWriter *writer)
{
  request->answer->group = RTNLGRP_TC;
  request->answer->mute = (request->message->header.nlmsg_flags & NLM_F_ECHO) == 0;
  return nlv_reply_finish (request, writer);
}

/* tclass_get_notify(), tc_fill_tclass() */
static int
reply_class (const NlvRequest *request, const NlvQdisc *qdisc, const NlvObject *object)
{
  struct tcmsg header = { .tcm_ifindex = qdisc->link->index, .tcm_parent = qdisc->handle, .tcm_handle = qdisc->handle };
  NlvWriter writer;

  if (object != NULL)
    nlv_object_header (object, RTM_NEWTCLASS, &header, sizeof header);
  memcpy (nlv_reply_begin (request, &writer, RTM_NEWTCLASS, sizeof header), &header, sizeof header);
  if (object != NULL)
    nlv_put_attrs (&writer, nlv_object_attrs (object, sizeof header));
  else
    {
      nlv_put_string (&writer, TCA_KIND, qdisc->kind);
      nlv_nest_end (&writer, nlv_nest_begin (&writer, TCA_STATS2));
      nlv_put_reserve (&writer, TCA_STATS, sizeof (struct tc_stats));
    }
  nlv_put_warning (request, &writer);
  return finish_notification (request, &writer);
}

/* What both single requests begin with, @attrs of NLV_TCA_MAX + 1. */
static int
read_request (const NlvRequest *request, struct tcmsg *asked, NlvAttr *attrs, const NlvLink **link)
{
  int error = nlv_request_attrs (request->message, sizeof *asked, attrs, NLV_TCA_MAX, nlv_traffic_policy,
                                 NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0)
    return error;
  nlv_request_header (request->message, asked, sizeof *asked);
  *link = nlv_network_find_link (request->network, asked->tcm_ifindex);
  return *link != NULL ? 0 : -ENODEV;
}

/* Which discipline a class is asked of, and the class's whole number. */
static int
find_class_qdisc (const NlvRequest *request, const NlvLink *link, const struct tcmsg *asked, NlvQdisc *qdisc,
                  guint32 *class)
{
  guint32 major = TC_H_MAJ (asked->tcm_handle), parent = TC_H_MAJ (asked->tcm_parent);

  if (asked->tcm_parent != TC_H_ROOT && major != 0 && parent != 0 && major != parent)
    return -EINVAL;
  if (asked->tcm_parent != TC_H_ROOT && major == 0)
    major = parent;
  if (major == 0)
    {
      nlv_qdisc_root (request->network, link, qdisc);
      major = qdisc->handle;
    }
  if (!nlv_qdisc_find (request->network, link, major, qdisc))
    return -ENOENT;
  if (asked->tcm_handle != 0)
    *class = TC_H_MAKE (major, asked->tcm_handle);
  else
    *class = asked->tcm_parent == TC_H_ROOT ? major : 0;
  return 0;
}

/* tc_ctl_tclass(): the discipline and the class that a request names. With -ENOENT
 * and @qdisc filled in, there is no such class. */
static int
find_class (const NlvRequest *request, NlvQdisc *qdisc, const NlvObject **object)
{
  struct tcmsg asked;
  NlvAttr attrs[NLV_TCA_MAX + 1];
  guint32 class = 0;
  const NlvLink *link;
  int error = read_request (request, &asked, attrs, &link);

  if (error < 0)
    return error;
  error = find_class_qdisc (request, link, &asked, qdisc, &class);
  if (error < 0)
    {
      qdisc->link = NULL;
      return error;
    }
  if (!nlv_qdisc_has_classes (qdisc))
    return -EINVAL;
  return class != 0 && nlv_qdisc_find_class (request->network, qdisc, class, object) ? 0 : -ENOENT;
}

int
nlv_get_class (const NlvRequest *request)
{
  NlvQdisc qdisc = { 0 };
  const NlvObject *object;
  int error = find_class (request, &qdisc, &object);

  return error < 0 ? error : reply_class (request, &qdisc, object);
}

int
nlv_change_class (const NlvRequest *request)
{
  guint16 flags = request->message->header.nlmsg_flags;
  gboolean is_new = request->message->header.nlmsg_type == RTM_NEWTCLASS;
  NlvQdisc qdisc = { 0 };
  const NlvObject *object;
  int error = find_class (request, &qdisc, &object);

  if (error == -ENOENT && qdisc.link != NULL && is_new && (flags & NLM_F_CREATE) != 0)
    return -EOPNOTSUPP;
  if (error == 0 && is_new && (flags & NLM_F_EXCL) != 0)
    return -EEXIST;
  return error < 0 ? error : -EOPNOTSUPP;
}

/* --- one discipline ---------------------------------------------------------------- */

/* qdisc_leaf() */
static int
find_leaf (const NlvRequest *request, const NlvQdisc *parent, guint32 class, NlvQdisc *qdisc)
{
  const NlvObject *object;

  if (!nlv_qdisc_has_classes (parent))
    return nlv_request_refuse (request, -EOPNOTSUPP, "Parent qdisc is not classful");
  if (!nlv_qdisc_find_class (request->network, parent, class, &object))
    return nlv_request_refuse (request, -ENOENT, "Specified class not found");
  gboolean one = nlv_qdisc_has_one_class (parent);
  if (nlv_qdisc_find_child (request->network, parent, one ? parent->handle | 1 : class, qdisc))
    return 0;
  if (!one)
    return nlv_request_refuse (request, -ENOENT, "Cannot find specified qdisc on specified device");
  *qdisc = (NlvQdisc){ .link = parent->link, .kind = "noop" };
  return 0;
}

/* The part of __tc_get_qdisc() that looks by the parent. */
static int
find_by_parent (const NlvRequest *request, const NlvLink *link, const struct tcmsg *asked, NlvQdisc *qdisc)
{
  NlvNetwork *network = request->network;
  NlvQdisc parent;

  if (asked->tcm_parent == TC_H_ROOT)
    nlv_qdisc_root (network, link, qdisc);
  else if (TC_H_MAJ (asked->tcm_parent) == TC_H_MAJ (TC_H_INGRESS))
    {
      if (!nlv_qdisc_find (network, link, TC_H_MAJ (TC_H_INGRESS), qdisc))
        return nlv_request_refuse (request, -ENOENT, "Cannot find specified qdisc on specified device");
    }
  else
    {
      if (!nlv_qdisc_find (network, link, TC_H_MAJ (asked->tcm_parent), &parent))
        return nlv_request_refuse (request, -ENOENT, "Failed to find qdisc with specified classid");
      int error = find_leaf (request, &parent, asked->tcm_parent, qdisc);
      if (error < 0)
        return error;
    }
  if (asked->tcm_handle != 0 && asked->tcm_handle != qdisc->handle)
    return nlv_request_refuse (request, -EINVAL, "Invalid handle");
  return 0;
}

/* qdisc_get_notify(): under the parent that was asked for. */
static int
reply_qdisc (const NlvRequest *request, const NlvQdisc *qdisc, guint32 parent)
{
  struct tcmsg *header;
  NlvWriter writer;

  if (!nlv_qdisc_is_shown (qdisc, FALSE))
    return 0;
  header = nlv_reply_begin (request, &writer, RTM_NEWQDISC, sizeof *header);
  if (qdisc->object == NULL)
    nlv_qdisc_put_usual (&writer, header, qdisc->link, parent, 2, qdisc->kind);
  else
    {
      nlv_object_header (qdisc->object, RTM_NEWQDISC, header, sizeof *header);
      header->tcm_parent = parent;
      nlv_put_attrs (&writer, nlv_object_attrs (qdisc->object, sizeof *header));
    }
  return finish_notification (request, &writer);
}

static int
find_qdisc (const NlvRequest *request, struct tcmsg *asked, NlvQdisc *qdisc)
{
  NlvAttr attrs[NLV_TCA_MAX + 1];
  const NlvLink *link;
  int error = read_request (request, asked, attrs, &link);

  if (error < 0)
    return error;
  if (asked->tcm_parent != 0)
    error = find_by_parent (request, link, asked, qdisc);
  else if (!nlv_qdisc_find (request->network, link, asked->tcm_handle, qdisc))
    error = nlv_request_refuse (request, -ENOENT, "Failed to find qdisc with specified handle");
  if (error < 0)
    return error;
  if (nlv_attr_present (&attrs[TCA_KIND]) && !nlv_attr_is_string (&attrs[TCA_KIND], qdisc->kind))
    return nlv_request_refuse (request, -EINVAL, "Invalid qdisc name: must match existing qdisc");
  return 0;
}

/* tc_get_qdisc() */
int
nlv_get_qdisc (const NlvRequest *request)
{
  struct tcmsg asked;
  NlvQdisc qdisc;
  int error = find_qdisc (request, &asked, &qdisc);

  return error < 0 ? error : reply_qdisc (request, &qdisc, asked.tcm_parent);
}

/* The same, as far as a discipline is not to be deleted. */
int
nlv_del_qdisc (const NlvRequest *request)
{
  struct tcmsg asked;
  NlvQdisc qdisc;
  int error = find_qdisc (request, &asked, &qdisc);

  if (error < 0)
    return error;
  if (asked.tcm_parent == 0)
    return nlv_request_refuse (request, -EINVAL, "Classid cannot be zero");
  if (qdisc.handle == 0)
    return nlv_request_refuse (request, -ENOENT, "Cannot delete qdisc with handle of zero");
  return -EOPNOTSUPP;
}

/* --- a new discipline -------------------------------------------------------------- */

static gboolean
is_known_kind (NlvNetwork *network, const NlvAttr *kind)
{
  static const char *const built_in[] = { "mq", "noqueue", "pfifo_fast" };
  struct tcmsg header;
  NlvAttr other;

  for (guint i = 0; i < G_N_ELEMENTS (built_in); i++)
    if (nlv_attr_is_string (kind, built_in[i]))
      return TRUE;
  for (guint i = 0; i < nlv_network_get_n_objects (network); i++)
    {
      const NlvObject *object = nlv_network_get_object (network, i);

      if (nlv_object_header (object, RTM_NEWQDISC, &header, sizeof header) &&
          nlv_span_find_attr (nlv_object_attrs (object, sizeof header), TCA_KIND, &other))
        {
          g_autofree char *name = nlv_attr_dup_string (&other);

          if (nlv_attr_is_string (kind, name))
            return TRUE;
        }
    }
  return FALSE;
}

/* qdisc_create(), of kinds that the kernel has without a module or that are in use. */
static int
refuse_creation (const NlvRequest *request, const NlvAttr *kind)
{
  if ((request->message->header.nlmsg_flags & NLM_F_CREATE) == 0)
    return nlv_request_refuse (request, -ENOENT, "Qdisc not found. To create specify NLM_F_CREATE flag");
  if (!nlv_attr_present (kind) || !is_known_kind (request->network, kind))
    return nlv_request_refuse (request, -ENOENT, "Specified qdisc kind is unknown");
  return -EOPNOTSUPP;
}

/* What is at the place that is asked for; nothing if it is there by itself. */
static int
find_place (const NlvRequest *request, const NlvLink *link, guint32 parent, NlvQdisc *qdisc)
{
  NlvQdisc above;
  int error = 0;

  if (parent == TC_H_ROOT)
    nlv_qdisc_root (request->network, link, qdisc);
  else if (parent == TC_H_INGRESS)
    nlv_qdisc_find (request->network, link, TC_H_MAJ (TC_H_INGRESS), qdisc);
  else if (!nlv_qdisc_find (request->network, link, TC_H_MAJ (parent), &above))
    return nlv_request_refuse (request, -ENOENT, "Failed to find specified qdisc");
  else
    error = find_leaf (request, &above, parent, qdisc);
  return error;
}

/* __tc_modify_qdisc(), as far as it is not to be done. */
int
nlv_new_qdisc (const NlvRequest *request)
{
  guint16 flags = request->message->header.nlmsg_flags;
  struct tcmsg asked;
  NlvAttr attrs[NLV_TCA_MAX + 1];
  NlvQdisc qdisc = { 0 };
  const NlvLink *link;
  int error = read_request (request, &asked, attrs, &link);

  if (error == 0 && asked.tcm_parent != 0)
    error = find_place (request, link, asked.tcm_parent, &qdisc);
  if (error < 0)
    return error;
  if (asked.tcm_parent != 0 && (qdisc.handle == 0 || (asked.tcm_handle != 0 && asked.tcm_handle != qdisc.handle)))
    {
      if (asked.tcm_handle == 0)
        return refuse_creation (request, &attrs[TCA_KIND]);
      if (qdisc.handle != 0 && (flags & NLM_F_REPLACE) == 0)
        return nlv_request_refuse (request, -EEXIST, "NLM_F_REPLACE needed to override");
      if (TC_H_MIN (asked.tcm_handle) != 0)
        return nlv_request_refuse (request, -EINVAL, "Invalid minor handle");
      if (!nlv_qdisc_find (request->network, link, asked.tcm_handle, &qdisc))
        return refuse_creation (request, &attrs[TCA_KIND]);
      if ((flags & NLM_F_EXCL) != 0)
        return nlv_request_refuse (request, -EEXIST, "Exclusivity flag on, cannot override");
      return -EOPNOTSUPP;
    }
  if (asked.tcm_parent == 0 && asked.tcm_handle == 0)
    return nlv_request_refuse (request, -EINVAL, "Handle cannot be zero");
  if (asked.tcm_parent == 0 && !nlv_qdisc_find (request->network, link, asked.tcm_handle, &qdisc))
    return nlv_request_refuse (request, -ENOENT, "Specified qdisc not found");
  if ((flags & NLM_F_EXCL) != 0)
    return nlv_request_refuse (request, -EEXIST, "Exclusivity flag on, cannot modify");
  return -EOPNOTSUPP;
}
